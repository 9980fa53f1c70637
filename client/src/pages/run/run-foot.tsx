/** The run page's part of the foot: the cost of captures, gaps in the log, and the resources that the process uses. */

import { millisecondsText, shareText } from '@convscope/shared/cost-text.js';
import type { TrainerReport } from '@convscope/shared/protocol/control.js';
import type { GapSummary } from '@convscope/shared/protocol/live.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { notShownOf } from '../../runs/not-shown.js';
import type { RunData } from '../../runs/run-data.js';
import { useRunSummary } from '../../runs/runs-context.js';
import { formatBytes, formatStep, plural } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { useNow } from '../../ui/use-now.js';
import { useTrainer } from './ask/trainer-link.js';
import { useRunPage } from './run-page-context.js';

/** Fractions of the training time, and undefined where nothing tells them. */
interface CaptureShare {
  /** What captures have taken since their settings hold. */
  readonly share: number | undefined;
  /** The step up to which that is. */
  readonly step: number | undefined;
  /** What they may take. */
  readonly budget: number | undefined;
}

/** What the process says, else what it has logged. */
function captureShare(report: TrainerReport | undefined, data: RunData): CaptureShare {
  if (report !== undefined && 'state' in report) {
    const { settings, share, step } = report.state;
    const budget = settings.every === 'auto' ? settings.budget / 100 : undefined;
    return { share: share ?? undefined, step, budget };
  }
  const share = data.scalar(SCALAR_TAGS.captureShare);
  const budget = data.scalar(SCALAR_TAGS.captureBudget);
  // With other settings, the earlier share says nothing of them.
  const isOfBudget = budget !== undefined && budget.lastStep === share?.lastStep;
  return {
    share: isOfBudget ? share?.last : undefined,
    step: share?.lastStep,
    budget: budget?.last || undefined,
  };
}

function titleOf({ share, step }: CaptureShare): string | undefined {
  if (share === undefined || step === undefined) return undefined;
  return `Up to step ${formatStep(step)}, since their settings hold, captures have taken ${shareText(share)} of the training time, with the work of the log writer. Of a budget three fifths are for this; the rest is left for sending, the hub and the browser, which are not measured.`;
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
  const captures = captureShare(report, data);
  const { share, budget } = captures;
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
        <span className="only-wide" title={titleOf(captures)}>
          Capture {millisecondsText(cost)}
          {median}
          {every !== undefined && every > 0 && ` every ${plural(Math.round(every), 'step')}`}
          {share !== undefined && ` · ${shareText(share)} of training`}
          {budget !== undefined && ` (budget ${Number((budget * 100).toPrecision(3))} %) `}
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
