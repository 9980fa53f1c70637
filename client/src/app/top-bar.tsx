import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { useApp } from '../pages/run/run-page-context.js';
import { STATE_WORDS } from '../pages/run/runs-rail.js';
import type { RunView } from '../pages/run/state/run-view.js';
import { formatDuration, formatStep } from '../ui/format.js';
import { BrandMark, Icon } from '../ui/icons.js';
import { useStore, useStoreValue } from '../ui/store.js';
import { useNow } from '../ui/use-now.js';
import { hrefOf, PAGES, type Page } from './pages.js';

/** A live run that says nothing for this long is shown as stale. */
const STALE_AFTER_S = 5;

export function useSummary(): RunSummary | undefined {
  const app = useApp();
  const run = useStore(app.run, (one) => one?.run);
  return useStore(app.list, (list) => list?.runs.find((one) => one.run === run));
}

/** Seconds that training will still take, from the pace of the last steps. */
export function secondsLeft(run: RunView, summary: RunSummary): number | undefined {
  const total = summary.totalSteps ?? run.start?.plan.totalSteps;
  const column = run.data.scalar(SCALAR_TAGS.trainLoss);
  if (total === undefined || column === undefined || column.rows < 3) return undefined;
  const last = column.rows - 1;
  const first = Math.max(0, last - 200);
  const steps = column.step(last) - column.step(first);
  const seconds = column.wallTime(last) - column.wallTime(first);
  return steps > 0 && seconds > 0 ? ((total - column.step(last)) * seconds) / steps : undefined;
}

interface Readings {
  readonly tone: string;
  readonly word: string;
  readonly wordTone: string;
  readonly epoch: string | undefined;
  readonly speed: string | undefined;
  readonly left: string | undefined;
}

function useReadings(run: RunView | undefined, summary: RunSummary | undefined): Readings | undefined {
  const app = useApp();
  const now = useNow(1000);
  const lost = useStore(app.connection, (connection) => connection.status === 'lost');
  if (run === undefined || summary === undefined) return undefined;
  const { word, tone } = STATE_WORDS[summary.state];
  const live = summary.state === 'live';
  const heard = app.lastHeard(run.run);
  const silent = (now - heard) / 1000;
  const plan = run.start?.plan;
  const epoch =
    plan !== undefined && plan.stepsPerEpoch > 0
      ? `${Math.min(plan.epochs, Math.floor(Math.max(0, run.lastStep - 1) / plan.stepsPerEpoch) + 1)}/${plan.epochs}`
      : undefined;
  const speed = run.data.scalar(SCALAR_TAGS.imagesPerSecond)?.last;
  const left = live ? secondsLeft(run, summary) : undefined;
  return {
    tone: lost
      ? 'dot hollow'
      : live
        ? 'dot ok'
        : summary.state === 'failed'
          ? 'dot bad'
          : summary.state === 'completed'
            ? 'dot'
            : 'dot warn',
    word: lost
      ? `no data for ${formatDuration(silent)}`
      : live && silent > STALE_AFTER_S
        ? `no data for ${Math.round(silent)} s`
        : word,
    wordTone: lost ? 'is-bad' : live && silent > STALE_AFTER_S ? 'is-warn' : tone,
    epoch,
    speed: speed === undefined ? undefined : formatStep(Math.round(speed)),
    left: left === undefined ? undefined : formatDuration(left),
  };
}

export interface TopBarProps {
  readonly page: Page;
  readonly onTheme: () => void;
  readonly onHelp: () => void;
  readonly onMenu: () => void;
  readonly onCopyLink: () => void;
  readonly isDark: boolean;
}

export function TopBar({ page, isDark, ...on }: TopBarProps) {
  const app = useApp();
  const run = useStoreValue(app.run);
  const summary = useSummary();
  const readings = useReadings(run, summary);
  const logdir = useStore(app.list, (list) => list?.logdir);
  const view = useStoreValue(app.view);
  const showsRun = page === 'run';
  return (
    <header className="top">
      <h1 className="sr">convscope</h1>
      <a className="brand" href="#run" aria-label="convscope, run page">
        <BrandMark />
        <span className="only-wide">convscope</span>
      </a>
      {!(showsRun && summary !== undefined && readings !== undefined) && (
        <span className="only-narrow grow medium">
          {showsRun ? 'convscope' : PAGES.find(({ id }) => id === page)?.name}
        </span>
      )}
      {showsRun && summary !== undefined && readings !== undefined && (
        <div className="only-narrow grow" style={{ flexDirection: 'column', lineHeight: '15px' }}>
          <span className="medium ellipsis">{summary.run}</span>
          <span className="micro ellipsis">
            <span className={`${readings.tone} small-dot`} style={{ marginRight: 5 }} />
            {[
              readings.word,
              `step ${formatStep(Math.max(0, run?.lastStep ?? 0))}`,
              readings.epoch && `epoch ${readings.epoch}`,
              readings.left && `${readings.left} left`,
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </div>
      )}
      <nav className="tabs only-wide" aria-label="Pages">
        {PAGES.map(({ id, name }) => (
          <a key={id} href={hrefOf(id, view)} aria-current={page === id ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      {showsRun && <span className="separator only-wide" />}
      {showsRun && (
        <div className="status only-wide" data-run-state={summary?.state ?? 'none'}>
          {summary === undefined || readings === undefined ? (
            <>
              <span className="dot" />
              <span>
                {logdir === undefined ? (
                  'connecting'
                ) : (
                  <>
                    waiting for a first run in <b>{logdir}</b>
                  </>
                )}
              </span>
            </>
          ) : (
            <>
              <span className={readings.tone} />
              <b className="ellipsis">{summary.run}</b>
              <span className={readings.wordTone}>{readings.word}</span>
              <span>
                step <b>{formatStep(Math.max(0, run?.lastStep ?? 0))}</b>
              </span>
              {readings.epoch !== undefined && (
                <span>
                  epoch <b>{readings.epoch}</b>
                </span>
              )}
              {readings.speed !== undefined && (
                <span>
                  <b>{readings.speed}</b> img/s
                </span>
              )}
              {readings.left !== undefined && (
                <span>
                  ETA <b>{readings.left}</b>
                </span>
              )}
              {summary.synthetic && <span className="chip is-warn">synthetic data</span>}
            </>
          )}
        </div>
      )}
      <span className="grow only-wide" />
      {showsRun && summary !== undefined && (
        <button
          type="button"
          className="button quiet only-wide"
          title="Copy a link to exactly this view (Y)"
          onClick={on.onCopyLink}
        >
          <Icon name="link" />
          Copy link
        </button>
      )}
      <button
        type="button"
        className="button quiet icon-only"
        aria-label={isDark ? 'Light theme' : 'Dark theme'}
        title="Theme (T)"
        onClick={on.onTheme}
      >
        <Icon name={isDark ? 'sun' : 'moon'} />
      </button>
      <button
        type="button"
        className="button quiet icon-only only-wide"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts (?)"
        onClick={on.onHelp}
      >
        <b className="medium">?</b>
      </button>
      {showsRun && (
        <button
          type="button"
          className="button quiet icon-only only-narrow"
          aria-label="Runs, config and findings"
          onClick={on.onMenu}
        >
          <Icon name="menu" />
        </button>
      )}
    </header>
  );
}
