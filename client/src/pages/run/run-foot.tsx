/** The run page's part of the foot: the cost of captures, gaps in the log, and the resources that the process uses. */

import type { TrainerReport } from '@convscope/shared/protocol/control.js';
import type { GapSummary } from '@convscope/shared/protocol/live.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { notShownOf } from '../../runs/not-shown.js';
import { useRunSummary } from '../../runs/runs-context.js';
import type { Series } from '../../series/series.js';
import { formatBytes, formatStep, plural } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { useNow } from '../../ui/use-now.js';
import { useTrainer } from './ask/trainer-link.js';
import { useRunPage } from './run-page-context.js';

/** The share of training time that captures may take; the trainer makes them rarer to keep to it. */
/** The share of training time that captures may take: what holds in the process, else what the run began with. */
function budgetOf(
  report: TrainerReport | undefined,
  config: Readonly<Record<string, unknown>> | undefined,
): number | undefined {
  if (report !== undefined && 'state' in report) {
    const { every, budget } = report.state.settings;
    return every === 'auto' ? budget / 100 : undefined;
  }
  const budget = config?.captureBudget;
  return typeof budget === 'number' && budget > 0 ? budget : undefined;
}

/** While a run trains, the share is averaged over this many captures: that of a single one varies a lot. */
const SHARE_CAPTURES = 20;

/** The share of training time that the last captures took, at most this many. */
function shareOf(
  milliseconds: Series | undefined,
  share: Series | undefined,
  most: number,
): number | undefined {
  if (milliseconds === undefined || share === undefined) return undefined;
  const [costs, shares] = [milliseconds.newest(most), share.newest(most)];
  let captures = 0;
  let training = 0;
  for (let at = Math.max(0, shares.count - most); at < shares.count; at++) {
    const step = shares.step(at);
    const cost = costs.at(step);
    // The first capture comes before the first step.
    if (step === share.firstStep || costs.step(cost) !== step || !(shares.value(at) > 0)) continue;
    captures += costs.value(cost);
    training += costs.value(cost) / shares.value(at);
  }
  return training > 0 ? captures / training : undefined;
}

export function RunFoot() {
  const app = useRunPage();
  const run = useStoreValue(app.run);
  const summary = useRunSummary(run?.run);
  const skipped = useStoreValue(app.frames.skipped);
  const report = useStoreValue(useTrainer().report);
  // Columns grow in place without notice: render twice a second.
  useNow(500);
  if (run === undefined) return null;
  const { data } = run;
  // The last value of a run that has ended says nothing of the run.
  const live = summary?.state === 'live';
  const reading = (tag: string) => (live ? data.scalar(tag)?.last : data.scalar(tag)?.median);
  const median = live ? '' : ' (median)';
  const cost = reading(SCALAR_TAGS.captureMilliseconds);
  const every = reading(SCALAR_TAGS.captureEvery);
  const share = shareOf(
    data.scalar(SCALAR_TAGS.captureMilliseconds),
    data.scalar(SCALAR_TAGS.captureShare),
    live ? SHARE_CAPTURES : Number.POSITIVE_INFINITY,
  );
  const budget = budgetOf(report, run.start?.config);
  const cpu = reading(SCALAR_TAGS.processCpu);
  const memory = reading(SCALAR_TAGS.processMemory);
  const right = [
    summary === undefined ? undefined : `${formatBytes(summary.bytes)} logged`,
    run.start?.environment.backend,
    cpu === undefined ? undefined : `CPU ${Math.round(cpu)} %${median}`,
    memory === undefined ? undefined : `${Math.round(memory)} MB${median}`,
  ].filter((one) => one !== undefined);
  return (
    <>
      <span className="separator only-wide" />
      {skipped > 0 && (
        <span
          className="only-wide"
          title="Captures that came faster than this page drew them. They are in the log, and shown when you go there."
        >
          Passed over {formatStep(skipped)}
        </span>
      )}
      {run.data.isComplete && <Gaps gaps={run.gaps} count={summary?.gaps ?? 0} />}
      <NotShown sentences={notShownOf(summary)} />
      {cost !== undefined && (
        <span className="only-wide">
          Capture {cost < 10 ? cost.toFixed(1) : Math.round(cost)} ms{median}
          {every !== undefined && every > 0 && ` every ${plural(Math.round(every), 'step')}`}
          {share !== undefined && ` · ${(share * 100).toFixed(1)} % of training`}
          {budget !== undefined && ` (budget ${Number((budget * 100).toFixed(1))} %) `}
          {budget !== undefined && share !== undefined && (
            <span className="meter">
              <i style={{ width: `${Math.min(100, (share / budget) * 100)}%` }} />
            </span>
          )}
        </span>
      )}
      {run.error !== undefined && (
        <span className="only-wide is-warn ellipsis" style={{ flex: '0 1 auto' }} title={run.error}>
          {run.error}
        </span>
      )}
      <span className="grow only-wide" />
      <span className="only-wide faint">{right.join(' · ')}</span>
    </>
  );
}

/** What the log holds beyond the hub's limits. */
function NotShown({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <span
      className="only-wide is-warn ellipsis"
      style={{ flex: '0 1 auto' }}
      title={sentences.join('\n')}
      data-not-shown
    >
      {sentences[0]}
      {sentences.length > 1 && ` (and ${sentences.length - 1} more)`}
    </span>
  );
}

/** @param count how many there are; the hub names the first ones only */
function Gaps({ gaps, count }: { gaps: readonly GapSummary[]; count: number }) {
  if (gaps.length === 0) return <span className="only-wide">Gaps 0</span>;
  const [first] = gaps;
  const where =
    first === undefined || (first.afterStep === null && first.beforeStep === null)
      ? ''
      : `: steps ${first.afterStep === null ? '' : formatStep(first.afterStep)}–${first.beforeStep === null ? '' : formatStep(first.beforeStep)}`;
  const title = gaps
    .map((gap) => `${gap.file}, ${formatBytes(gap.length)} at ${gap.offset}: ${gap.reason}`)
    .join('\n');
  return (
    <span className="only-wide is-warn" title={title}>
      Gaps {formatStep(Math.max(count, gaps.length))}
      {where}, {first?.reason}
    </span>
  );
}
