import type { PageRow } from '../pages/page.js';
import { BrandMark, Icon } from '../ui/icons.js';
import { lazily } from '../ui/lazily.js';
import { PartBoundary } from '../ui/part-boundary.js';
import { useStore, useStoreValue } from '../ui/store.js';
import { PageLink, useOpened, usePageHash } from './page-link.js';
import type { AppShell } from './shell.js';

/** Without a bell that can be pressed, its place is kept. */
const NO_ALERTS = (
  <button type="button" className="button quiet icon-only" aria-label="Alerts" disabled>
    <Icon name="bell" />
  </button>
);
const AlertsButton = lazily(async () => (await import('./alerts-button.js')).AlertsButton, NO_ALERTS);

export interface TopBarProps {
  readonly shell: AppShell;
  readonly pages: readonly PageRow[];
  /** The page that is shown. */
  readonly row: PageRow;
  readonly onHelp: () => void;
}

function Brand({ shell, first }: { readonly shell: AppShell; readonly first: PageRow }) {
  return (
    <a
      className="brand"
      href={usePageHash(shell, first)}
      aria-label={`convscope, ${first.name.toLowerCase()} page`}
    >
      <BrandMark />
      <span className="only-wide">convscope</span>
    </a>
  );
}

export function TopBar({ shell, pages, row, onHelp }: TopBarProps) {
  const isDark = useStoreValue(shell.theme) === 'dark';
  const page = useOpened(shell, row);
  const hasRuns = useStore(shell.runs.list, (list) => list !== undefined);
  const [first] = pages;
  return (
    <header className="top">
      <h1 className="sr">convscope</h1>
      {first !== undefined && <Brand shell={shell} first={first} />}
      <nav className="tabs only-wide" aria-label="Pages">
        {pages.map((one) => (
          <PageLink
            key={one.id}
            shell={shell}
            row={one}
            current={one.id === row.id}
            title={`${one.name} (G ${one.letter.toUpperCase()})`}
          >
            <Icon name={one.icon} />
            <span className="tab-name">{one.name}</span>
          </PageLink>
        ))}
      </nav>
      {page?.status ?? (
        <>
          <span className="only-narrow grow medium">{row.name}</span>
          <span className="grow only-wide" />
        </>
      )}
      <PartBoundary name="The button of the alerts" of={row.id}>
        {hasRuns ? <AlertsButton shell={shell} page={row.name} /> : NO_ALERTS}
      </PartBoundary>
      <button
        type="button"
        className="button quiet icon-only"
        aria-label={isDark ? 'Light theme' : 'Dark theme'}
        title="Theme (T)"
        onClick={shell.toggleTheme}
      >
        <Icon name={isDark ? 'sun' : 'moon'} />
      </button>
      <button
        type="button"
        className="button quiet icon-only only-wide"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts (?)"
        onClick={onHelp}
      >
        <b className="medium">?</b>
      </button>
      {page?.menu}
    </header>
  );
}
