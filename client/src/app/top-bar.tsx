import type { PageRow } from '../pages/page.js';
import { BrandMark, Icon } from '../ui/icons.js';
import { useStoreValue } from '../ui/store.js';
import { AlertsButton } from './alerts-button.js';
import { PageLink, useOpened, usePageHash } from './page-link.js';
import type { AppShell } from './shell.js';

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
      <AlertsButton shell={shell} />
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
