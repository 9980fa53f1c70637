import type { GapSummary } from '@convscope/shared/protocol/live.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { useApp } from '../pages/run/run-page-context.js';
import type { ScalarColumn } from '../series/columns.js';
import { formatBytes, formatStep, plural } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { useStore, useStoreValue } from '../ui/store.js';
import { useNow } from '../ui/use-now.js';
import { hrefOf, PAGES, type Page } from './pages.js';
import { useSummary } from './top-bar.js';

/** Captures may take this share of training; the trainer stretches their distance to keep it. */
function budgetOf(config: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const budget = config?.captureBudget;
  return typeof budget === 'number' && budget > 0 ? budget : undefined;
}

/** Captures over which the share is stated: one alone says little, the last comes soon after the one before it. */
const SHARE_CAPTURES = 20;

/** What the last captures took of training: all their time over all the time from the capture before each of them. */
function recentShare(
  milliseconds: ScalarColumn | undefined,
  share: ScalarColumn | undefined,
): number | undefined {
  if (milliseconds === undefined || share === undefined) return undefined;
  const rows = Math.min(milliseconds.rows, share.rows);
  let captures = 0;
  let training = 0;
  // The first is made before there is any training that it could be a share of.
  for (let row = Math.max(1, rows - SHARE_CAPTURES); row < rows; row++) {
    if (!(share.value(row) > 0)) continue;
    captures += milliseconds.value(row);
    training += milliseconds.value(row) / share.value(row);
  }
  return training > 0 ? captures / training : undefined;
}

export function Foot({ page }: { page: Page }) {
  const app = useApp();
  const run = useStoreValue(app.run);
  const logdir = useStore(app.list, (list) => list?.logdir);
  const summary = useSummary();
  useNow(500);
  const skipped = useStoreValue(app.frames.skipped);
  const data = run?.data;
  const reading = (tag: string) => data?.scalar(tag)?.last;
  const cost = reading(SCALAR_TAGS.captureMilliseconds);
  const every = reading(SCALAR_TAGS.captureEvery);
  const share = recentShare(
    data?.scalar(SCALAR_TAGS.captureMilliseconds),
    data?.scalar(SCALAR_TAGS.captureShare),
  );
  const budget = budgetOf(run?.start?.config);
  const backend = run?.start?.environment.backend;
  const cpu = reading(SCALAR_TAGS.processCpu);
  const memory = reading(SCALAR_TAGS.processMemory);
  const right = [
    summary === undefined ? undefined : `${formatBytes(summary.bytes)} logged`,
    backend,
    cpu === undefined ? undefined : `CPU ${Math.round(cpu)} %`,
    memory === undefined ? undefined : `${Math.round(memory)} MB`,
  ].filter((one) => one !== undefined);
  return (
    <footer className="foot">
      <Connection />
      {run === undefined && logdir !== undefined && (
        <>
          <span className="separator only-wide" />
          <span className="only-wide">Watching {logdir}</span>
        </>
      )}
      {run !== undefined && (
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
          <Gaps gaps={run.gaps} />
          {cost !== undefined && (
            <span className="only-wide">
              Capture {cost < 10 ? cost.toFixed(1) : Math.round(cost)} ms
              {every !== undefined && ` every ${plural(Math.round(every), 'step')}`}
              {share !== undefined && ` · ${(share * 100).toFixed(1)} % of training`}
              {budget !== undefined && ` (budget ${(budget * 100).toFixed(0)} %) `}
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
        </>
      )}
      <span className="grow only-wide" />
      <span className="only-wide faint">{right.join(' · ')}</span>
      {PAGES.length > 1 &&
        PAGES.map(({ id, name, icon }) => (
          <a
            key={id}
            className="foot-tab only-narrow"
            href={hrefOf(id, app.view.get())}
            aria-current={page === id ? 'page' : undefined}
          >
            <Icon name={icon} />
            {name}
          </a>
        ))}
    </footer>
  );
}

function Connection() {
  const app = useApp();
  const connection = useStoreValue(app.connection);
  const now = useNow(500);
  const where = (
    <span className="only-wide faint">
      {app.source.address}
      {connection.status === 'connected' &&
        connection.roundTrip !== undefined &&
        ` · ${Math.max(1, Math.round(connection.roundTrip))} ms`}
    </span>
  );
  switch (connection.status) {
    case 'connected':
      return (
        <>
          <span role="status" className="only-wide">
            <span className="dot small-dot ok" />
            Connected
          </span>
          {where}
        </>
      );
    case 'connecting':
      return (
        <>
          <span role="status" className="only-wide">
            <span className="dot small-dot" />
            Connecting
          </span>
          {where}
        </>
      );
    case 'refused':
      return (
        <span role="status" className="is-bad">
          <span className="dot small-dot hollow" />
          {connection.reason}
        </span>
      );
    case 'lost': {
      const gone = Math.max(0, Math.round((now - connection.since) / 1000));
      const retry = Math.max(0, Math.ceil((connection.retryAt - now) / 1000));
      return (
        <span className="is-bad">
          <span role="status">
            <span className="dot small-dot hollow" />
            <span className="sr">Disconnected</span>
          </span>
          Disconnected {gone} s, {retry > 0 ? `retry in ${retry} s` : 'trying'}
          <button type="button" onClick={() => app.source.retry()}>
            Retry now
          </button>
          <span className="faint only-wide"> What has been loaded stays browsable.</span>
        </span>
      );
    }
  }
}

function Gaps({ gaps }: { gaps: readonly GapSummary[] }) {
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
      Gaps {gaps.length}
      {where}, {first?.reason}
    </span>
  );
}
