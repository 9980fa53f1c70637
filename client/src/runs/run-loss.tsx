/** The loss of a run in the list: as it was logged last and, while the page draws it smoothed, smoothed. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { formatValue } from '../ui/format.js';
import { useStore } from '../ui/store.js';
import { useRuns } from './runs-context.js';

export function RawLoss({ run: { loss } }: { run: RunSummary }) {
  return loss === undefined ? null : <Labelled label="raw" value={Number(loss)} />;
}

export function SmoothedLoss({ run: { run, loss } }: { run: RunSummary }) {
  const smoothed = useStore(useRuns().smoothedLosses, (losses) => losses.get(run));
  return loss === undefined || smoothed === undefined ? null : <Labelled label="smooth" value={smoothed} />;
}

function Labelled({ label, value }: { label: string; value: number }) {
  return (
    <span className="nowrap run-loss">
      <span className="micro">{label}</span>{' '}
      <span className={Number.isFinite(value) ? 'small' : 'small is-nan'}>{formatValue(value)}</span>
    </span>
  );
}
