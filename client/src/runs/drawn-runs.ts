/** Which curves are drawn beside that of the chosen run. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { areRead } from './are-read.js';
import type { HasShown } from './shown-kind.js';

/** What is drawn of the runs whose square was not pressed. */
export const DRAWN_OTHERS = ['newest', 'all', 'none'] as const;
export type DrawnOthers = (typeof DRAWN_OTHERS)[number];

export interface DrawnChoice {
  readonly others: DrawnOthers;
  /** Runs whose curve the user wants, and runs whose curve the user does not want. */
  readonly shown: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
}

export interface DrawnOptions {
  /** By default all have. */
  readonly hasShown?: HasShown;
  readonly most?: number;
  /** Remembers what came first while logs are read. */
  readonly order?: NewestFirst;
}

/** With the chosen run, where there is one: as many as there are colours. */
const NEWEST = 8;
/** Each drawn run is fetched and followed. */
export const MOST_DRAWN = 32;

/**
 * Orders runs by when they began, the newest first. A log that has not been read does not say when: as long as there is one, those
 * that came first stay so, or the curves would change, and be fetched, with each log that has been read.
 */
export class NewestFirst {
  #first: readonly string[] = [];

  order(runs: readonly RunSummary[]): readonly RunSummary[] {
    const ordered = [...runs].sort((a, b) => b.firstWallTime - a.firstWallTime || (a.run < b.run ? -1 : 1));
    const first = areRead(runs)
      ? []
      : this.#first.flatMap((name) => ordered.find(({ run }) => run === name) ?? []);
    const all = [...new Set([...first, ...ordered])];
    this.#first = all.slice(0, MOST_DRAWN).map(({ run }) => run);
    return all;
  }
}

/**
 * The runs of the filtered list whose curves are drawn, without the chosen run, which is always drawn. Newest are those
 * that began last: the order in which runs last wrote something changes all the time. Of the newest only those count that have
 * something to draw, unless none has; of all runs they come first.
 */
export function drawnRuns(
  listed: readonly RunSummary[],
  chosen: string | undefined,
  { others, shown, hidden }: DrawnChoice,
  { most = MOST_DRAWN, hasShown = () => true, order = new NewestFirst() }: DrawnOptions = {},
): ReadonlySet<string> {
  const candidates = order.order(listed).filter(({ run }) => run !== chosen);
  const having = candidates.filter(hasShown);
  const newest = (having.length > 0 ? having : candidates).slice(
    0,
    chosen === undefined ? NEWEST : NEWEST - 1,
  );
  const all = [...new Set([...having, ...candidates])];
  const usual = others === 'none' ? [] : others === 'newest' ? newest : all;
  const wanted = candidates.filter(({ run }) => shown.has(run));
  const rest = usual.filter(({ run }) => !shown.has(run) && !hidden.has(run));
  return new Set([...wanted, ...rest].slice(0, most).map(({ run }) => run));
}
