import { durationText } from '@convscope/shared/duration-text.js';
import type { PageRow } from '../pages/page.js';
import { useRuns } from '../runs/runs-context.js';
import { Icon } from '../ui/icons.js';
import { useStore, useStoreValue } from '../ui/store.js';
import { useNow } from '../ui/use-now.js';
import { PageLink, useOpened } from './page-link.js';
import type { AppShell } from './shell.js';

const NOT_LIVE =
  'These runs were read from files. What is written to them later is not seen here, and runs cannot be named, archived or deleted.';

export interface FootProps {
  readonly shell: AppShell;
  readonly pages: readonly PageRow[];
  /** The page that is shown. */
  readonly row: PageRow;
}

export function Foot({ shell, pages, row }: FootProps) {
  const page = useOpened(shell, row);
  const { list: runList, source } = useRuns();
  const list = useStoreValue(runList);
  const isEmpty = list?.runs.length === 0;
  return (
    <footer className="foot">
      <Connection />
      {list !== undefined && (isEmpty || page?.foot === undefined) && (
        <>
          <span className="separator only-wide" />
          <span className="only-wide">
            {source.origin === 'file' ? 'Opened' : 'Watching'} {list.logdir}
          </span>
        </>
      )}
      {page?.foot}
      {pages.length > 1 && (
        <nav className="foot-tabs only-narrow" aria-label="Pages">
          {pages.map((one) => (
            <PageLink key={one.id} shell={shell} row={one} current={one.id === row.id} className="foot-tab">
              <Icon name={one.icon} />
              {one.name}
            </PageLink>
          ))}
        </nav>
      )}
    </footer>
  );
}

function Connection() {
  const runs = useRuns();
  const connection = useStoreValue(runs.connection);
  const hasList = useStore(runs.list, (list) => list !== undefined);
  const now = useNow(500);
  const where = (
    <span className="only-wide faint">
      {runs.source.address}
      {connection.status === 'connected' &&
        connection.roundTrip !== undefined &&
        ` · ${Math.max(1, Math.round(connection.roundTrip))} ms`}
    </span>
  );
  switch (connection.status) {
    case 'absent':
      return (
        <span role="status" className="only-wide">
          <span className="dot small-dot" />
          No hub
        </span>
      );
    case 'connected':
      if (runs.source.origin === 'file')
        return (
          <>
            <span role="status" className="only-wide" title={NOT_LIVE}>
              <span className="dot small-dot" />
              {hasList ? 'From files, not live' : 'Reading'}
            </span>
            {where}
          </>
        );
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
      const gone = durationText(Math.max(0, (now - connection.since) / 1000));
      const retry = Math.max(0, Math.ceil((connection.retryAt - now) / 1000));
      return (
        <span className="is-bad">
          <span role="status">
            <span className="dot small-dot hollow" />
            <span className="sr">Disconnected</span>
          </span>
          Disconnected {gone}, {retry > 0 ? `retry in ${retry} s` : 'trying'}
          <button type="button" onClick={() => runs.source.retry()}>
            Retry now
          </button>
          <span className="faint only-wide" title={connection.reason}>
            {' '}
            {/* Without a list, the page says it in place of the runs. */}
            {(hasList && connection.reason) || 'What has been loaded stays browsable.'}
          </span>
        </span>
      );
    }
  }
}
