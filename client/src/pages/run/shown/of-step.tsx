import { useEffect, useState } from 'react';
import { formatStep } from '../../../ui/format.js';
import { useStore, useStoreLater, useStoreValue } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';

/** A run that is captured more often than this says the step all the time, since words that come and go would flicker. */
const LINGERS_MS = 1_000;

/** "of step 80", for what is older than the playhead, and for everything while the playhead moves: some of it lags behind. */
export function OfStep({
  step,
  what,
  after,
}: {
  readonly step: number | undefined;
  readonly what?: string;
  /** Separates it from what follows. */
  readonly after?: string;
}) {
  const app = useRunPage();
  const isOlder = useStore(app.step, (now) => step !== undefined && now !== undefined && step < now);
  const isFollowing = useStore(app.view, (view) => view.step === undefined);
  const wasOlder = useLingering(isOlder && isFollowing, LINGERS_MS);
  const isMoving = useStoreValue(app.frames.isPaced);
  // Until what has lagged behind is drawn.
  const hasMoved = useStoreLater(app.frames.isPaced);
  const isNamed = isOlder || (isFollowing && wasOlder) || isMoving || hasMoved;
  if (step === undefined || !isNamed) return null;
  return (
    <>
      <span className="nowrap" data-of-step={step}>
        {what} of step {formatStep(step)}
      </span>
      {after}
    </>
  );
}

/** Whether this holds, or has held within so many milliseconds. */
function useLingering(holds: boolean, forMs: number): boolean {
  const [lingers, setLingers] = useState(holds);
  useEffect(() => {
    if (holds) {
      setLingers(true);
      return;
    }
    const timer = setTimeout(() => setLingers(false), forMs);
    return () => clearTimeout(timer);
  }, [holds, forMs]);
  return holds || lingers;
}
