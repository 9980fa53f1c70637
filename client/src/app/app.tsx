import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type Palette, PaletteContext, readPalette } from '../drawing/palette.js';
import { handleKey } from '../pages/run/keys.js';
import { RunPage } from '../pages/run/run-page.js';
import { AppContext } from '../pages/run/run-page-context.js';
import type { App } from '../pages/run/state/run-page-state.js';
import { ErrorBoundary } from '../ui/error-boundary.js';
import { useStore, useStoreValue } from '../ui/store.js';
import { applyTheme, currentTheme, storeTheme } from '../ui/theme.js';
import { Tooltip } from '../ui/tooltip.js';
import { EmptyPage } from './empty-page.js';
import { Foot } from './foot.js';
import { HelpDialog } from './help-dialog.js';
import { createGlobalKeys } from './keyboard.js';
import { hrefOf, type Page, pageOf } from './pages.js';
import { TopBar } from './top-bar.js';

/** The lab is loaded when it is opened: the run page needs none of it. */
const LabPage = lazy(() =>
  import('../pages/lab/lab-page.js').then((module) => ({ default: module.LabPage })),
);

/** How long a short message stays. */
const TOAST_MS = 2500;

function usePage(): Page {
  const [page, setPage] = useState(() => pageOf(location.hash));
  useEffect(() => {
    const follow = () => setPage(pageOf(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return page;
}

/** Colours for canvases: read anew when the theme has changed or the fonts have come. */
function usePaletteOf(theme: string): Palette {
  const [palette, setPalette] = useState(readPalette);
  const isFirst = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme means new tokens
  useEffect(() => {
    if (!isFirst.current) setPalette(readPalette());
    isFirst.current = false;
  }, [theme]);
  useEffect(() => {
    let gone = false;
    void document.fonts?.ready.then(() => {
      if (!gone) setPalette(readPalette());
    });
    return () => {
      gone = true;
    };
  }, []);
  return palette;
}

export function AppView({ app }: { app: App }) {
  const page = usePage();
  const list = useStoreValue(app.list);
  const connection = useStoreValue(app.connection);
  const asked = useStore(app.view, (view) => view.theme);
  const [theme, setTheme] = useState(() => currentTheme(asked));
  const [rail, setRail] = useState<boolean | undefined>(undefined);
  const [inspector, setInspector] = useState<boolean | undefined>(undefined);
  const [help, setHelp] = useState(false);
  const [toast, setToast] = useState<string | undefined>(undefined);

  useEffect(() => {
    if (asked !== undefined) setTheme(asked);
  }, [asked]);
  applyTheme(theme);
  const palette = usePaletteOf(theme);

  const toggleTheme = useCallback(() => {
    const next = currentTheme(theme) === 'dark' ? 'light' : 'dark';
    storeTheme(next);
    setTheme(next);
    if (app.view.get().theme !== undefined) app.show({ theme: next });
  }, [app, theme]);
  const copyLink = useCallback(() => {
    const { run } = app.run.get() ?? {};
    // A link says what is seen, also where that was chosen by the page.
    const view = app.view.get();
    const step = app.step.get();
    const layer = app.run.get()?.layer?.name;
    app.show({ run: view.run ?? run, step: view.step ?? step, layer: view.layer ?? layer });
    app.writeHash();
    navigator.clipboard.writeText(location.href).then(
      () => setToast('Link copied'),
      () => setToast('The browser did not allow copying: the address bar holds the link.'),
    );
    app.show({ step: view.step });
  }, [app]);
  useEffect(() => {
    if (toast === undefined) return;
    const timer = setTimeout(() => setToast(undefined), TOAST_MS);
    return () => clearTimeout(timer);
  }, [toast]);

  const toggleHelp = useCallback(() => setHelp((open) => !open), []);
  const globalKeys = useMemo(
    () =>
      createGlobalKeys({
        toggleTheme,
        toggleHelp,
        goTo: (next) => {
          location.hash = hrefOf(next, app.view.get());
        },
      }),
    [app, toggleTheme, toggleHelp],
  );
  const actions = useMemo(
    () => ({
      copyLink,
      toggleRail: () => setRail((open) => !(open ?? !matchMedia('(max-width: 999px)').matches)),
      toggleInspector: () => setInspector((open) => !(open ?? !matchMedia('(max-width: 1199px)').matches)),
    }),
    [copyLink],
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (globalKeys(event) || (page === 'run' && handleKey(event, app, actions))) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [app, page, actions, globalKeys]);
  useEffect(() => {
    if (page !== 'run') return;
    const onHash = () => app.readHash();
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, [app, page]);

  const isEmpty = list !== undefined && list.runs.length === 0;
  return (
    <AppContext value={app}>
      <PaletteContext value={palette}>
        <div className="app">
          <TopBar
            page={page}
            isDark={theme === 'dark'}
            onTheme={toggleTheme}
            onHelp={toggleHelp}
            onMenu={actions.toggleRail}
            onCopyLink={copyLink}
          />
          <ErrorBoundary key={page}>
            {page === 'lab' ? (
              <Suspense fallback={<main className="no-maps" />}>
                <LabPage />
              </Suspense>
            ) : isEmpty ? (
              <EmptyPage />
            ) : list === undefined ? (
              <Waiting
                reason={connection.status === 'refused' ? connection.reason : undefined}
                lost={connection.status === 'lost'}
              />
            ) : (
              <RunPage rail={rail} inspector={inspector} onRail={setRail} onInspector={setInspector} />
            )}
          </ErrorBoundary>
          <Foot page={page} />
        </div>
        <Tooltip />
        <HelpDialog open={help} onClose={() => setHelp(false)} />
        {toast !== undefined && (
          <div className="toast" role="status">
            {toast}
          </div>
        )}
      </PaletteContext>
    </AppContext>
  );
}

function Waiting({ reason, lost }: { reason: string | undefined; lost: boolean }) {
  return (
    <main className="no-maps">
      <p className={reason === undefined ? 'muted' : 'is-bad'}>
        {reason ??
          (lost
            ? 'The hub does not answer. This page goes on by itself as soon as it does; `npm run hub` starts one.'
            : 'Connecting to the hub.')}
      </p>
    </main>
  );
}
