import { Button } from '../ui/button.js';
import { useStore } from '../ui/store.js';
import type { CaptureRef } from './capture-ref.js';
import { useBlobs } from './use-blobs.js';

/** Beside the reason why an event could not be had: asks again, if another try may bring it. */
export function RetryButton({ of }: { readonly of: CaptureRef | undefined }) {
  const blobs = useBlobs();
  const canRetry = useStore(blobs.version, () => of !== undefined && blobs.isGivenUp(of));
  return canRetry ? <Button onClick={() => blobs.retry()}>Try again</Button> : null;
}
