import type { Column, Run } from '@convscope/shared/log-index/run.js';
import type { LiveRows } from '@convscope/shared/protocol/live.js';
import type { Logdir } from '../../logdir/logdir.js';
import type { ShownRuns } from './shown-runs.js';
import type { Viewer } from './viewer.js';

/** Rows of one turn that are sent to all viewers alike. More are sent to each as it can take them. */
const SHARED_BYTES = 256 * 1024;
/** Most rows of one column in a message. A viewer that is further behind gets the newest and fetches the rest over HTTP. */
const ROWS_AT_ONCE = 32_768;
/** Viewers that have missed rows of more columns are not compared with each other. */
const COMPARED_COLUMNS = 64;
/** socket.io's parsers take at most 10 binary attachments a message. */
const COLUMNS_A_MESSAGE = 8;

/** A run that somebody watches. */
interface WatchedRun {
  viewers: number;
  generation: number;
  /** How many rows of each column the viewers have been told of. */
  told: Map<Column, number>;
  /** Columns that have grown in this turn, with the first new row. */
  grown: Map<Column, number>;
  run: Run | null;
}

/** Sends new rows. Viewers that have the same rows get the same message. */
export class RowFeed {
  readonly #logdir: Logdir;
  readonly #shown: ShownRuns;
  readonly #send: (viewers: readonly Viewer[], rows: LiveRows[]) => void;
  readonly #watched = new Map<string, WatchedRun>();
  /** For telling columns apart in a text. */
  readonly #columnNumbers = new WeakMap<Column, number>();
  #columns = 0;

  constructor(
    logdir: Logdir,
    shown: ShownRuns,
    send: (viewers: readonly Viewer[], rows: LiveRows[]) => void,
  ) {
    this.#logdir = logdir;
    this.#shown = shown;
    this.#send = send;
  }

  /** A viewer has changed the runs that it watches. */
  watch(before: ReadonlySet<string>, now: ReadonlySet<string>): void {
    // In this order, so that a run that is still watched is not forgotten in between.
    this.#count(now, 1);
    this.#count(before, -1);
  }

  /** Returns whether anybody watches the run. */
  grown(run: Run, columns: ReadonlySet<Column>): boolean {
    const watched = this.#watched.get(run.id);
    if (!watched) return false;
    if (watched.generation !== run.generation) {
      watched.generation = run.generation;
      watched.told.clear();
      watched.grown.clear();
    }
    watched.run = run;
    for (const column of columns) {
      if (!watched.grown.has(column)) watched.grown.set(column, watched.told.get(column) ?? 0);
      watched.told.set(column, column.rows);
    }
    return true;
  }

  /** Sends what has grown to the viewers that have room, and notes what the others miss. */
  send(viewers: Iterable<Viewer>): void {
    for (const watched of this.#watched.values()) this.#sendGrown(watched, viewers);
    for (const together of this.#missingTheSame(viewers)) this.#sendMissed(together);
  }

  #count(runs: ReadonlySet<string>, change: 1 | -1): void {
    for (const id of runs) {
      let watched = this.#watched.get(id);
      if (!watched) {
        const run = this.#logdir.runs.get(id) ?? null;
        const told = new Map([...(run?.columns() ?? [])].map((column) => [column, column.rows]));
        watched = { viewers: 0, generation: run?.generation ?? -1, told, grown: new Map(), run };
        this.#watched.set(id, watched);
        this.#shown.add(id);
      }
      watched.viewers += change;
      if (watched.viewers > 0) continue;
      this.#watched.delete(id);
      this.#shown.remove(id);
    }
  }

  #sendGrown(watched: WatchedRun, viewers: Iterable<Viewer>): void {
    const { run, grown } = watched;
    if (!run || grown.size === 0) return;
    watched.grown = new Map();
    if (run.generation !== watched.generation) return;
    const [subscribed, others]: [Viewer[], Viewer[]] = [[], []];
    for (const viewer of viewers)
      if (viewer.runs.has(run.id)) (viewer.hasSubscription ? subscribed : others).push(viewer);
    this.#share(run, grown, others);
    this.#share(run, withoutPoints(grown), subscribed);
  }

  #share(run: Run, grown: Map<Column, number>, viewers: readonly Viewer[]): void {
    if (viewers.length === 0) return;
    const messages = rowsOf(run, grown);
    const bytes = messages.reduce((sum, message) => sum + message.bytes.length, 0);
    if (bytes === 0) return;
    const together: Viewer[] = [];
    for (const viewer of viewers) {
      if (viewer.room > 0 && viewer.missed.size === 0 && bytes <= SHARED_BYTES) together.push(viewer);
      else viewer.miss(run, grown);
    }
    for (const rows of inPieces(messages)) this.#send(together, rows);
    for (const viewer of together) viewer.room -= bytes;
  }

  /** Viewers that have room, in groups that lack the same rows. */
  #missingTheSame(viewers: Iterable<Viewer>): Iterable<Viewer[]> {
    const groups = new Map<string, Viewer[]>();
    for (const viewer of viewers) {
      if (viewer.missed.size === 0 || viewer.room <= 0) continue;
      const key = viewer.missed.size > COMPARED_COLUMNS ? viewer.socket.id : this.#keyOf(viewer);
      const together = groups.get(key);
      if (together) together.push(viewer);
      else groups.set(key, [viewer]);
    }
    return groups.values();
  }

  #keyOf({ missed }: Viewer): string {
    let key = '';
    for (const [column, { start }] of missed) {
      const number = this.#columnNumbers.get(column) ?? ++this.#columns;
      this.#columnNumbers.set(column, number);
      key += `${number}:${start} `;
    }
    return key;
  }

  #sendMissed(together: readonly Viewer[]): void {
    const messages: LiveRows[] = [];
    const before = Math.min(...together.map(({ room }) => room));
    let room = before;
    for (const [column, { run, start }] of together[0]?.missed ?? []) {
      if (room <= 0) break;
      for (const viewer of together) viewer.missed.delete(column);
      for (const message of rowsOf(run, new Map([[column, start]]))) {
        messages.push(message);
        room -= message.bytes.length;
      }
    }
    for (const rows of inPieces(messages)) this.#send(together, rows);
    for (const viewer of together) viewer.room -= before - room;
  }
}

/**
 * What viewers get of rows that have subscribed to scalars, whose points come by themselves: of scalars only the first rows,
 * which tell that there is a tag.
 */
function withoutPoints(grown: ReadonlyMap<Column, number>): Map<Column, number> {
  return new Map([...grown].filter(([{ kind }, start]) => kind !== 'scalar' || start === 0));
}

/** The rows of each column from the given one on, or the newest if there are too many. */
function rowsOf(run: Run, columns: ReadonlyMap<Column, number>): LiveRows[] {
  const { id, generation } = run;
  const messages: LiveRows[] = [];
  for (const [column, from] of columns) {
    if (!run.owns(column) || from >= column.rows) continue;
    const { tag, kind, rows } = column;
    const start = Math.max(from, rows - ROWS_AT_ONCE);
    messages.push({ run: id, generation, tag, kind, start, bytes: column.bytes(start) });
  }
  return messages;
}

function* inPieces(messages: readonly LiveRows[]): Generator<LiveRows[]> {
  for (let at = 0; at < messages.length; at += COLUMNS_A_MESSAGE)
    yield messages.slice(at, at + COLUMNS_A_MESSAGE);
}
