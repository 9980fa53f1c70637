import { useEffect, useMemo, useRef, useState } from 'react';
import { type Palette, PaletteContext, readPalette } from '../drawing/palette.js';
import type { KeyHelp, PageRow } from '../pages/page.js';
import type { Runs } from '../runs/runs.js';
import { RunsContext, useRuns } from '../runs/runs-context.js';
import { replaceHash } from '../ui/address-bar.js';
import { CopyDialog } from '../ui/copy-dialog.js';
import { isEmbedded, noteEmbedded } from '../ui/embedded.js';
import { ErrorBoundary } from '../ui/error-boundary.js';
import { whenFontLoaded } from '../ui/font-loading.js';
import { PartBoundary } from '../ui/part-boundary.js';
import { createStore, useStore, useStoreValue } from '../ui/store.js';
import type { Theme } from '../ui/theme.js';
import { themeIn } from '../ui/theme.js';
import { Tooltip } from '../ui/tooltip.js';
import { AddressNotice } from './address-notice.js';
import { EmptyPage } from './empty-page.js';
import { Foot } from './foot.js';
import { HelpDialog } from './help-dialog.js';
import { createGlobalKeys, globalKeyHelp } from './keyboard.js';
import { OpenFiles } from './open-files.js';
import { useOpened } from './page-link.js';
import { pageOf } from './pages.js';
import { type AppShell, createShell } from './shell.js';
import { TopBar } from './top-bar.js';

/** How long a message stays on the screen: the longer it is, the more time it takes to read. */
const LEAST_MESSAGE_MS = 2500;
const MESSAGE_MS_A_CHARACTER = 70;
const NO_KEYS: readonly KeyHelp[] = [];
const NO_PROBLEMS = createStore<readonly string[]>([]);

interface NamedPage {
  readonly row: PageRow;
  /** What the address had in the place of a page's name, if there is no such page. */
  readonly unknown: string | undefined;
}

/** The page that the address names. Tells an open page when its address changes. */
function usePage(shell: AppShell, pages: readonly PageRow[]): NamedPage {
  const [page, setPage] = useState(() => namedPage(pages));
  useEffect(() => {
    const follow = () => {
      const next = namedPage(pages);
      nameAddress(next);
      // What was wrong is said until another page is opened.
      setPage((shown) => (next.unknown === undefined && next.row === shown.row ? shown : next));
      const asked = themeIn(location.hash);
      if (asked !== undefined) shell.theme.set(asked);
      noteEmbedded(location.hash);
      const opened = shell.opened.get().get(next.row.id);
      if (opened !== undefined && !(opened instanceof Error)) opened.addressChanged?.();
    };
    nameAddress(namedPage(pages));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [shell, pages]);
  useEffect(() => shell.open(page.row), [shell, page.row]);
  return page;
}

function namedPage(pages: readonly PageRow[]): NamedPage {
  const row = pageOf(pages, location.hash);
  const [name] = location.hash.slice(1).split('?');
  return { row, unknown: name === row.id || name === '' ? undefined : name };
}

/** An address that names no page is replaced with that of the page that is shown. */
function nameAddress({ row, unknown }: NamedPage): void {
  if (unknown !== undefined) replaceHash(`#${row.id}`);
}

/**
 * Loads the document again when the hub is back and the shown page could not be loaded while it was lost: browsers do not ask
 * again for a module that has failed. The view is in the address.
 */
function useReloadWhenBack(shell: AppShell, row: PageRow): void {
  const status = useStore(shell.runs.connection, (connection) => connection.status);
  const before = useRef(status);
  useEffect(() => {
    const isBack = before.current === 'lost' && status === 'connected';
    before.current = status;
    if (isBack && shell.opened.get().get(row.id) instanceof Error) location.reload();
  }, [shell, row, status]);
}

/** Colours and font for canvases: read again when the theme changes and when the fonts have loaded. */
function usePaletteOf(theme: Theme): Palette {
  const [palette, setPalette] = useState(readPalette);
  const isFirst = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme means new tokens
  useEffect(() => {
    if (!isFirst.current) setPalette(readPalette());
    isFirst.current = false;
  }, [theme]);
  const { font } = palette.tokens;
  // One face has all weights, and the digits and letters that canvases have.
  useEffect(() => whenFontLoaded(`11px ${font}`, 'a0', () => setPalette(readPalette())), [font]);
  return palette;
}

export function AppView({ runs, pages }: { runs: Runs; pages: readonly PageRow[] }) {
  const [shell] = useState(() => createShell(runs));
  const { row, unknown } = usePage(shell, pages);
  const page = useOpened(shell, row);
  useReloadWhenBack(shell, row);
  const theme = useStoreValue(shell.theme);
  const palette = usePaletteOf(theme);
  const [help, setHelp] = useState(false);
  const isBare = useStoreValue(isEmbedded);

  const globalKeys = useMemo(
    () =>
      createGlobalKeys(pages, {
        toggleTheme: shell.toggleTheme,
        toggleHelp: () => setHelp((open) => !open),
        goTo: ({ id }) => {
          const opened = shell.opened.get().get(id);
          const hash = opened instanceof Error ? undefined : opened?.hash?.get();
          location.hash = hash ?? `#${id}`;
        },
      }),
    [shell, pages],
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (globalKeys(event) || page?.handleKey?.(event) === true) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [page, globalKeys]);
  const keys = useMemo(() => [...(page?.keys ?? NO_KEYS), ...globalKeyHelp(pages)], [page, pages]);

  return (
    <RunsContext value={runs}>
      <PaletteContext value={palette}>
        <div className="app">
          {!isBare && (
            <PartBoundary name="The top bar" of={row.id}>
              <TopBar shell={shell} pages={pages} row={row} onHelp={() => setHelp(true)} />
            </PartBoundary>
          )}
          <AddressNotice
            problems={page?.problems ?? NO_PROBLEMS}
            {...(unknown === undefined ? {} : { sentence: unknownPageText(unknown, row) })}
          />
          <ErrorBoundary key={row.id}>
            <Main shell={shell} row={row} />
          </ErrorBoundary>
          {isBare ? (
            <WholePageLink />
          ) : (
            <PartBoundary name="The foot" of={row.id}>
              <Foot shell={shell} pages={pages} row={row} />
            </PartBoundary>
          )}
        </div>
        <Tooltip />
        <HelpDialog keys={keys} open={help} onClose={() => setHelp(false)} />
        <Message shell={shell} />
        <CopyDialog />
      </PaletteContext>
    </RunsContext>
  );
}

const MOST_NAME_LETTERS = 60;

function unknownPageText(name: string, { name: shown }: PageRow): string {
  const isLong = name.length > MOST_NAME_LETTERS;
  return `There is no page “${name.slice(0, MOST_NAME_LETTERS)}${isLong ? '…' : ''}”. This is the page ${shown}.`;
}

/** Of a bare page: opens the same view with all that is around it. */
function WholePageLink() {
  return (
    <button
      type="button"
      className="whole-page"
      onClick={() => open(location.href.replace(/([?&])embed=1(&|$)/, '$1'), '_blank', 'noopener')}
    >
      Open in convscope
    </button>
  );
}

/** The page, or a message while it cannot be shown. */
function Main({ shell, row }: { shell: AppShell; row: PageRow }) {
  const runs = useRuns();
  const list = useStoreValue(runs.list);
  const opened = useStore(shell.opened, (pages) => pages.get(row.id));
  // The list may come where no socket does. Then nothing else would, and the page says why.
  const isCutOff = useStore(
    runs.connection,
    ({ status }) => status !== 'connecting' && status !== 'connected' && !runs.wasConnected,
  );
  if (opened instanceof Error) throw opened;
  if (row.needsRuns && (list === undefined || isCutOff)) return <Waiting />;
  if (row.needsRuns && list?.runs.length === 0) return <EmptyPage note={opened?.emptyNote} />;
  return opened?.main ?? <main className="no-maps" />;
}

function Waiting() {
  const connection = useStoreValue(useRuns().connection);
  const isRefused = connection.status === 'refused';
  if (connection.status === 'absent')
    return (
      <main className="no-maps">
        <div>
          <h2>No hub here</h2>
          <p className="muted">{connection.reason}</p>
          <OpenFiles />
          <p className="small faint">Or drop them anywhere on this page.</p>
        </div>
      </main>
    );
  return (
    <main className="no-maps">
      <p className={isRefused ? 'is-bad' : 'muted'}>
        {isRefused
          ? connection.reason
          : connection.status === 'lost'
            ? (connection.reason ??
              'The hub does not answer. This page goes on by itself as soon as it does; `npm run hub` starts one.')
            : 'Connecting to the hub.'}
      </p>
    </main>
  );
}

function Message({ shell }: { shell: AppShell }) {
  const message = useStoreValue(shell.message);
  useEffect(() => {
    if (message === undefined) return;
    const shown = Math.max(LEAST_MESSAGE_MS, MESSAGE_MS_A_CHARACTER * message.length);
    const timer = setTimeout(() => shell.message.set(undefined), shown);
    return () => clearTimeout(timer);
  }, [shell, message]);
  // Screen readers read out what changes in a region that is there already.
  return <div role="status">{message !== undefined && <div className="toast">{message}</div>}</div>;
}
