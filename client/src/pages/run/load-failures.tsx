/** Says what of the shown step cannot be shown, and offers to ask for it again. */
import { useStore, useStoreValue } from '../../ui/store.js';
import { useRunPage } from './run-page-context.js';

const NONE: readonly string[] = [];

export function LoadFailures() {
  const app = useRunPage();
  const errors = useStore(app.frames.frame, (frame) => frame?.errors ?? NONE);
  const canRetry = useStoreValue(app.frames.canRetry);
  if (errors.length === 0 && !canRetry) return null;
  return (
    <div className="notice is-bad absent" role="status" data-load-failures>
      <span>
        {errors.length > 0 ? errors.join(' ') : 'Some of what this page shows could not be loaded.'}
      </span>
      {canRetry && (
        <button type="button" className="link" onClick={() => app.frames.retry()}>
          Try again
        </button>
      )}
    </div>
  );
}
