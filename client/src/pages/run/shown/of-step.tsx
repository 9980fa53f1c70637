import { useRunSummary } from '../../../runs/runs-context.js';
import { formatStep } from '../../../ui/format.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';

/**
 * "of step 80", for what is older than the playhead. While a live run is followed the step is always named: the playhead
 * moves on all the time, and words that come and go with every capture would flicker.
 */
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
  const isLive = useRunSummary(useStore(app.run, (run) => run?.run))?.state === 'live';
  if (step === undefined || !(isOlder || (isFollowing && isLive))) return null;
  return (
    <>
      <span className="nowrap" data-of-step={step}>
        {what} of step {formatStep(step)}
      </span>
      {after}
    </>
  );
}
