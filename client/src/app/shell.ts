/** What surrounds the pages: the theme, short messages, and the pages that have been opened. */
import type { OpenPage, PageRow, Shell } from '../pages/page.js';
import type { Runs } from '../runs/runs.js';
import { noteWaiting } from '../ui/diagnostics.js';
import { ComesByItselfError } from '../ui/error-boundary.js';
import { createStore, type Store } from '../ui/store.js';
import {
  applyTheme,
  currentTheme,
  isThemeChosen,
  storeTheme,
  themeIn,
  watchSystemTheme,
} from '../ui/theme.js';

const NO_CODE =
  'its code has not been loaded yet, and the hub does not answer. It opens when the hub is back.';

export interface AppShell extends Shell {
  /** The message on the screen, if any. */
  readonly message: Store<string | undefined>;
  /** Pages by id. An error means that the page's code could not be loaded or started. */
  readonly opened: Store<ReadonlyMap<string, OpenPage | Error>>;
  /** Loads and opens a page. Does nothing when it is open, being loaded, or has failed. */
  open(row: PageRow): void;
  toggleTheme(): void;
}

export function createShell(runs: Runs): AppShell {
  const theme = createStore(currentTheme(themeIn(location.hash)));
  const message = createStore<string | undefined>(undefined);
  const opened = createStore<ReadonlyMap<string, OpenPage | Error>>(new Map());
  const loading = new Set<string>();
  applyTheme(theme.get());
  theme.subscribe(() => applyTheme(theme.get()));
  // Where storage is blocked, a choice holds as long as the page.
  let isChosen = false;
  watchSystemTheme((system) => {
    if (!isChosen && !isThemeChosen() && themeIn(location.hash) === undefined) theme.set(system);
  });

  const shell: AppShell = {
    runs,
    theme,
    message,
    opened,
    say: message.set,
    toggleTheme() {
      const next = theme.get() === 'dark' ? 'light' : 'dark';
      isChosen = true;
      storeTheme(next);
      theme.set(next);
    },
    open(row) {
      if (loading.has(row.id) || opened.get().has(row.id)) return;
      loading.add(row.id);
      // What the page before it has said of itself does not hold for this one.
      const isThere = noteWaiting();
      row
        .load()
        .then((module) => module.open(shell))
        .catch((error: unknown) => {
          if (runs.connection.get().status === 'lost')
            return new ComesByItselfError(NO_CODE, { cause: error });
          return error instanceof Error ? error : new Error(String(error));
        })
        .then((page) => {
          loading.delete(row.id);
          opened.set(new Map(opened.get()).set(row.id, page));
          // By then the page has said what it waits for itself.
          requestAnimationFrame(isThere);
        });
    },
  };
  return shell;
}
