/** The run page's part of the top bar: the run, its progress, and the button that copies a link. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { titleOfRun } from '@convscope/shared/run-name.js';
import { ExportButton } from '../../runs/export-button.js';
import { hasRecords } from '../../runs/has-records.js';
import { useIsHubLost, useRunSummary, useRuns } from '../../runs/runs-context.js';
import { stateWord } from '../../runs/state-words.js';
import { secondsLeft } from '../../runs/table/columns.js';
import { formatDuration, formatStep, formatValue } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { lazily } from '../../ui/lazily.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useNow } from '../../ui/use-now.js';
import { useRunPage } from './run-page-context.js';
import type { RunView } from './state/run-view.js';

const AskPanel = lazily(
  async () => (await import('./ask/ask-panel.js')).AskPanel,
  // In its place, so that nothing moves.
  <button type="button" className="button quiet ask-button" disabled>
    <Icon name="ask" />
    <span className="button-word">Capture</span>
  </button>,
);

/** A live run without new data for this long is shown as stale. */
const STALE_AFTER_S = 5;

function epochOf(run: RunView): string | undefined {
  const plan = run.start?.plan;
  if (plan === undefined || plan.stepsPerEpoch <= 0) return undefined;
  const epoch = Math.floor(Math.max(0, run.lastStep - 1) / plan.stepsPerEpoch) + 1;
  return `${Math.min(plan.epochs, epoch)}/${plan.epochs}`;
}

function dotOf(state: RunSummary['state'], lost: boolean, isPaused: boolean): string {
  if (lost) return 'dot hollow';
  if (isPaused) return 'dot warn';
  if (state === 'live') return 'dot ok';
  if (state === 'failed') return 'dot bad';
  return state === 'completed' ? 'dot' : 'dot warn';
}

function silentText(seconds: number): string {
  return seconds < 60 ? `${Math.round(seconds)} s` : formatDuration(seconds);
}

interface Speed {
  readonly text: string;
  readonly what: string;
  readonly title: string;
}

/** The rate of a run that trains is its last; a run that has ended, whose last steps may be slow, has its median. */
function speedOf(run: RunView, live: boolean): Speed | undefined {
  const series = run.data.scalar(SCALAR_TAGS.imagesPerSecond);
  const value = live ? series?.last : series?.median;
  const step = series?.lastStep;
  if (step === undefined || value === undefined) return undefined;
  const text = Number.isFinite(value) ? formatStep(Math.round(value)) : formatValue(value);
  if (!live) return { text, what: 'img/s median', title: 'Pictures per second, the median of all steps' };
  // A capture after step 55 is of step 56, and newer than the rate of step 55 is nothing until step 56 has ended.
  const what = step < run.lastStep - 1 ? `img/s of step ${formatStep(step)}` : 'img/s';
  return { text, what, title: 'Pictures per second, of the last step that says it' };
}

interface Readings {
  readonly dot: string;
  readonly word: string;
  readonly wordTone: string;
  readonly epoch: string | undefined;
  readonly speed: Speed | undefined;
  readonly left: string | undefined;
}

function useReadings(run: RunView | undefined, summary: RunSummary | undefined): Readings | undefined {
  const runs = useRuns();
  const now = useNow(1000);
  const lost = useIsHubLost();
  if (run === undefined || summary === undefined) return undefined;
  const { word, tone } = stateWord(summary, lost);
  const live = summary.state === 'live' && summary.readToEnd;
  const silent = (now - runs.lastHeard(run.run)) / 1000;
  const isPaused = live && !lost && summary.trainingPaused === true;
  // A paused run sends no data either, and when it ends is not known.
  const isStale = live && !isPaused && silent > STALE_AFTER_S;
  const left = live && !isPaused ? secondsLeft(summary) : undefined;
  return {
    dot: dotOf(summary.state, lost, isPaused),
    // A run that has ended sends no more data, with or without a hub.
    word: (lost && live) || isStale ? `no data for ${silentText(silent)}` : word,
    wordTone: lost && live ? 'is-bad' : isStale ? 'is-warn' : tone,
    epoch: epochOf(run),
    speed: speedOf(run, live),
    left: left === undefined ? undefined : formatDuration(left),
  };
}

export function RunStatus({ onCopyLink }: { onCopyLink: () => void }) {
  const run = useStoreValue(useRunPage().run);
  const summary = useRunSummary(run?.run);
  const readings = useReadings(run, summary);
  if (run === undefined || summary === undefined || readings === undefined) return <NoRun />;
  const step = hasRecords(summary) ? formatStep(run.lastStep) : undefined;
  return (
    <>
      <div className="only-narrow grow" style={{ flexDirection: 'column', lineHeight: '15px' }}>
        <span className="medium ellipsis">{titleOfRun(summary)}</span>
        <span className="micro ellipsis">
          <span className={`${readings.dot} small-dot`} style={{ marginRight: 5 }} />
          {[
            readings.word,
            step === undefined ? 'no records' : `step ${step}`,
            summary.synthetic && 'synthetic',
            readings.epoch && `epoch ${readings.epoch}`,
            readings.left && `${readings.left} left`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      <span className="separator only-wide" />
      <div
        className={summary.synthetic ? 'status only-wide is-synthetic' : 'status only-wide'}
        data-run-state={summary.state}
      >
        <span className={readings.dot} />
        <b className="ellipsis" title={summary.run}>
          {titleOfRun(summary)}
        </b>
        <span className={readings.wordTone}>{readings.word}</span>
        {step === undefined ? <span>no records</span> : <Reading name="step" value={step} />}
        {summary.synthetic && (
          <span className="chip is-warn">
            synthetic<span className="button-word"> data</span>
          </span>
        )}
        <Reading name="epoch" value={readings.epoch} />
        {readings.speed !== undefined && (
          <span title={readings.speed.title}>
            <b>{readings.speed.text}</b> {readings.speed.what}
          </span>
        )}
        <Reading name="ETA" value={readings.left} />
      </div>
      <span className="grow only-wide" />
      <AskPanel />
      <button
        type="button"
        className="button quiet only-wide"
        title="Copy a link to exactly this view (Y)"
        onClick={onCopyLink}
      >
        <Icon name="link" />
        <span className="button-word">Copy link</span>
      </button>
      <ExportButton run={summary.run} />
    </>
  );
}

function Reading({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <span>
      {name} <b>{value}</b>
    </span>
  );
}

function NoRun() {
  const logdir = useStore(useRuns().list, (list) => list?.logdir);
  const isEmpty = useStore(useRuns().list, (list) => list?.runs.length === 0);
  const isAbsent = useStore(useRuns().connection, (connection) => connection.status === 'absent');
  const missing = useStore(useRunPage().missing, (one) => one?.run);
  return (
    <>
      <span className="only-narrow grow medium ellipsis">
        {missing === undefined ? 'convscope' : `no run ${missing}`}
      </span>
      <span className="separator only-wide" />
      <div className="status only-wide" data-run-state="none">
        <span className="dot" />
        <span className="status-sentence">
          {missing !== undefined ? (
            <>
              no run <b>{missing}</b>
            </>
          ) : isAbsent ? (
            'no run'
          ) : logdir === undefined ? (
            'connecting'
          ) : !isEmpty ? (
            'opening the run'
          ) : (
            <>
              waiting for a first run in <b>{logdir}</b>
            </>
          )}
        </span>
      </div>
      <span className="grow only-wide" />
    </>
  );
}
