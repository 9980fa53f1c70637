/**
 * What the app and a page know of each other. A page is a folder with a `page.tsx` that exports `open`, and a row in
 * `app/pages.ts`.
 */
import type { ReactNode } from 'react';
import type { Runs } from '../runs/runs.js';
import type { IconName } from '../ui/icons.js';
import type { Store } from '../ui/store.js';
import type { Theme } from '../ui/theme.js';

/** What the app gives to a page. */
export interface Shell {
  readonly runs: Runs;
  readonly theme: Store<Theme>;
  /** Shows a sentence for a moment. */
  say(sentence: string): void;
}

/** A line of the help: the keys, and what they do. */
export type KeyHelp = readonly [keys: readonly string[], does: string];

/** A page once its code has been loaded. It stays open when another page is shown. */
export interface OpenPage {
  readonly main: ReactNode;
  /** In the top bar, behind the names of the pages. */
  readonly status?: ReactNode;
  /** At the end of the top bar. */
  readonly menu?: ReactNode;
  /** At the bottom, behind the state of the connection. */
  readonly foot?: ReactNode;
  /** The hash that leads back to what the page shows; without it `#` and the page's id. */
  readonly hash?: Store<string>;
  readonly keys?: readonly KeyHelp[];
  /** A key was pressed while the page is shown. True when it did something. */
  handleKey?(event: KeyboardEvent): boolean;
  /** The address has changed, and it names this page. */
  addressChanged?(): void;
}

export interface PageModule {
  open(shell: Shell): OpenPage;
}

/** What is known of a page before its code is there. */
export interface PageRow {
  /** The page's address is `#id`, or `#id?…`. */
  readonly id: string;
  readonly name: string;
  readonly icon: IconName;
  /** The key that opens the page, after G. */
  readonly letter: string;
  /** It shows nothing while there is no run: the app then says how to begin. */
  readonly needsRuns: boolean;
  /** Code and styles, fetched when the page is first opened. */
  load(): Promise<PageModule>;
}
