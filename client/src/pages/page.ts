/**
 * The interface between the app and its pages. A page is a folder with a `page.tsx` that exports `open`, and a row in
 * `app/pages.ts`.
 */
import type { ReactNode } from 'react';
import type { Runs } from '../runs/runs.js';
import type { IconName } from '../ui/icons.js';
import type { Store } from '../ui/store.js';
import type { Theme } from '../ui/theme.js';

/** What the app provides to a page. */
export interface Shell {
  readonly runs: Runs;
  readonly theme: Store<Theme>;
  /** Shows a message for a moment. */
  say(sentence: string): void;
}

/** An entry of the help dialog: the keys, and what they do. */
export type KeyHelp = readonly [keys: readonly string[], does: string];

/** A page whose code has been loaded. It keeps its state when another page is shown. */
export interface OpenPage {
  readonly main: ReactNode;
  /** Shown in the top bar, after the tabs. */
  readonly status?: ReactNode;
  /** Shown at the end of the top bar. */
  readonly menu?: ReactNode;
  /** Shown in the foot, after the state of the connection. */
  readonly foot?: ReactNode;
  /** Shown above what the app says while there is no run. */
  readonly emptyNote?: ReactNode;
  /** The hash that leads back to what the page shows. Default: `#id`. */
  readonly hash?: Store<string>;
  /** What in the address cannot be shown, and what is shown instead, one sentence each. */
  readonly problems?: Store<readonly string[]>;
  readonly keys?: readonly KeyHelp[];
  /** Called for keys that are pressed while the page is shown. Returns true when it has handled the key. */
  handleKey?(event: KeyboardEvent): boolean;
  /** Called when the address has changed and names this page. */
  addressChanged?(): void;
}

export interface PageModule {
  open(shell: Shell): OpenPage;
}

/** A page in the registry: what is known before its code is loaded. */
export interface PageRow {
  /** The page's address is `#id` or `#id?…`. */
  readonly id: string;
  readonly name: string;
  readonly icon: IconName;
  /** The key that opens the page after G. No two pages may have the same. */
  readonly letter: string;
  /** Whether the page has nothing to show without a run: the app then shows how to get one. */
  readonly needsRuns: boolean;
  /** Loads code and styles. Called when the page is first opened. */
  load(): Promise<PageModule>;
}
