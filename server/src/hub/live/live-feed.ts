/**
 * Sends what the logdir reads to all viewers. One file, because the order of what is written in one turn is one decision:
 * rows and points, what slow viewers have missed of them, gaps, the list of runs, and maps.
 */

import type { Column, Run, RunListener } from '@convscope/shared/log-index/run.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import type {
  GapSummary,
  LiveClientEvents,
  LiveServerEvents,
  RunDetail,
  Watch,
} from '@convscope/shared/protocol/live.js';
import type { Namespace } from 'socket.io';
import type { Logdir } from '../../logdir/logdir.js';
import { NewestMaps, PUSHED_BYTES, type WaitingMap } from './newest-maps.js';
import { RowFeed } from './row-feed.js';
import { RUNS_AT_ONCE, RunList } from './run-list.js';
import { SeriesFeed } from './series-feed.js';
import { ShownRuns } from './shown-runs.js';
import type { Viewer } from './viewer.js';

export type LiveNamespace = Namespace<LiveClientEvents, LiveServerEvents>;

const CHANGED_EVERY_MS = 250;
/** Rows are collected for this long, so that the scalars of one step are sent in one message. */
const GATHER_MS = 2;
/**
 * After a turn, sending rests for so many times as long as the turn took, and at most for LONGEST_REST_MS. So the hub reads
 * and answers in between however many viewers there are, and what many viewers cannot be sent in time is left out: of rows
 * more are in one message, and of maps only the newest are sent.
 */
const REST = 2;
const LONGEST_REST_MS = 100;
/** Maps that are sent in one turn, over all viewers. */
const MAPS_A_TURN = 100;
/** Of the details that answer a watch, about. Runs beyond it are left out. */
const DETAIL_BYTES = 1024 * 1024;

/**
 * A message is encoded once for all viewers that get it. Viewers whose socket has not drained are left out, and their
 * places in the log are noted: they get what they missed when they read again, or fetch it over HTTP.
 */
export class LiveFeed implements RunListener {
  readonly #namespace: LiveNamespace;
  readonly #logdir: Logdir;
  readonly #log: (sentence: string) => void;
  readonly #viewers = new Set<Viewer>();
  readonly #rows: RowFeed;
  readonly #series: SeriesFeed;
  readonly #list: RunList;
  readonly #maps: NewestMaps;
  /** Messages of which some could not be sent, each told once. */
  readonly #unsent = new Set<string>();
  /** Up to where the changes of the list are due: they are sent at most every CHANGED_EVERY_MS. */
  #listDue = 0;
  #changedAt = -Infinity;
  /** When the next turn may begin, and the next one of maps. */
  #flushAt = -Infinity;
  #mapsAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #mapTimer: NodeJS.Timeout | undefined;
  #changedTimer: NodeJS.Timeout | undefined;
  #onceMore: NodeJS.Immediate | undefined;

  constructor(namespace: LiveNamespace, logdir: Logdir, log: (sentence: string) => void) {
    this.#namespace = namespace;
    this.#logdir = logdir;
    this.#log = log;
    const shown = new ShownRuns(logdir);
    this.#rows = new RowFeed(logdir, shown, (viewers, rows) => this.#send(viewers, 'rows', rows));
    this.#series = new SeriesFeed(logdir, shown, (viewers, points) => this.#send(viewers, 'points', points));
    this.#list = new RunList(logdir);
    this.#maps = new NewestMaps(logdir);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#mapTimer);
    clearTimeout(this.#changedTimer);
    clearImmediate(this.#onceMore);
  }

  add(viewer: Viewer): void {
    this.#viewers.add(viewer);
    // A list from before the first scan would lack runs, and the page would say that they are not there.
    void this.#logdir.scanned.then(() => {
      if (this.#viewers.has(viewer)) this.#startList(viewer);
    });
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#rows.watch(viewer.runs, new Set());
    this.#series.leave(viewer);
    if (this.#viewers.size === 0) this.#maps.clear();
  }

  /** Call when the viewer has asked for something or its socket has drained. */
  wake(viewer: Viewer): void {
    if (viewer.isWaiting || (viewer.known !== null && viewer.known < this.#listDue)) this.#flushSoon();
  }

  blob(run: Run, column: Column, bytes: Uint8Array): void {
    const wanting = [...this.#viewers].filter((viewer) => viewer.wantsMaps(run, column.tag));
    if (wanting.length === 0 || bytes.length > PUSHED_BYTES) return;
    const map: WaitingMap = { run, generation: run.generation, column, row: column.rows - 1 };
    this.#maps.keep(column, map.row, Buffer.from(bytes));
    for (const viewer of wanting) viewer.mapWaits(map);
    this.#flushSoon();
  }

  grown(run: Run, columns: ReadonlySet<Column>): void {
    const isWatched = this.#rows.grown(run, columns);
    if (this.#series.grown(run, columns) || isWatched) this.#flushSoon();
  }

  gap(run: Run, gap: GapSummary): void {
    for (const viewer of this.#viewers) {
      if (viewer.runs.has(run.id))
        viewer.missGap({ run: run.id, generation: run.generation, gap: { ...gap } });
    }
    this.#flushSoon();
  }

  changed(run: Run): void {
    this.#list.changed(run.id, false);
    this.#changedSoon();
  }

  removed(run: string): void {
    this.#list.changed(run, true);
    this.#changedSoon();
  }

  #flushSoon(): void {
    if (this.#timer || this.#onceMore || this.#viewers.size === 0) return;
    const rest = this.#flushAt - performance.now();
    const flush = () => {
      this.#timer = undefined;
      this.#onceMore = undefined;
      this.#flush();
    };
    // After a pause there is nothing to collect, so only wait for the end of the current turn.
    if (rest <= 0) this.#onceMore = setImmediate(flush);
    else this.#timer = setTimeout(flush, rest);
  }

  #changedSoon(): void {
    const rest = this.#changedAt + CHANGED_EVERY_MS - performance.now();
    if (rest <= 0) this.#flushSoon();
    else {
      this.#changedTimer ??= setTimeout(() => {
        this.#changedTimer = undefined;
        this.#flushSoon();
      }, rest);
    }
  }

  #flush(): void {
    const began = performance.now();
    for (const viewer of this.#viewers) viewer.makeRoom();
    for (const viewer of this.#viewers) this.#answerWatch(viewer);
    for (const viewer of this.#viewers) this.#answerSubscription(viewer);
    this.#rows.send(this.#viewers);
    this.#series.send();
    for (const viewer of this.#viewers) if (viewer.lacksGaps) this.#sendGaps(viewer);
    this.#sendList();
    this.#sendChanges();
    this.#flushAt = Math.max(began + GATHER_MS, performance.now() + restAfter(began));
    this.#sendMapsInTurn();
  }

  /** Maps rest by themselves, so that rows do not wait for the maps of many viewers. */
  #sendMapsInTurn(): void {
    const began = performance.now();
    let isDone = false;
    if (began >= this.#mapsAt) {
      isDone = this.#sendMaps();
      this.#mapsAt = performance.now() + restAfter(began);
    }
    if (isDone || this.#mapTimer) return;
    this.#mapTimer = setTimeout(() => {
      this.#mapTimer = undefined;
      this.#flushSoon();
    }, this.#mapsAt - performance.now());
  }

  /** Sends a message to viewers that have room. */
  #send<E extends keyof LiveServerEvents>(
    viewers: readonly Viewer[],
    event: E,
    ...message: Parameters<LiveServerEvents[E]>
  ): void {
    // Without a receiver it would go to all.
    if (viewers.length === 0) return;
    const receivers = viewers.map(({ socket }) => socket.id);
    this.#guarded(event, () => this.#namespace.to(receivers).emit(event, ...message));
  }

  /** What cannot be encoded is left out: no record may end the hub. */
  #guarded(name: string, send: () => void): void {
    try {
      send();
    } catch (error) {
      if (this.#unsent.has(name)) return;
      this.#unsent.add(name);
      this.#log(`A message to viewers (${name}) could not be sent: ${messageOf(error)}`);
    }
  }

  /**
   * Replaces what is watched. The details contain the number of rows that exist now: the viewer fetches those over HTTP,
   * and live rows start after them. From now on, maps are pushed as they arrive.
   */
  #answerWatch(viewer: Viewer): void {
    const { asked } = viewer;
    if (asked === null || viewer.room <= 0) return;
    viewer.asked = null;
    const { watch, answer, refused } = asked;
    const before = viewer.runs;
    viewer.watch(watch);
    this.#rows.watch(before, viewer.runs);
    this.#guarded('the details of runs', () => {
      const details = this.#detailsOf(watch);
      answer(details, refused);
      viewer.room -= details.reduce((sum, detail) => sum + sizeOf(detail), 0);
    });
  }

  /** Replaces the subscription. Its answer says how many points there are, and live ones start after them. */
  #answerSubscription(viewer: Viewer): void {
    const { askedSeries } = viewer;
    if (askedSeries === null || viewer.room <= 0) return;
    viewer.askedSeries = null;
    const { subscription, answer, refused } = askedSeries;
    const subscribed = this.#series.subscribe(viewer, subscription);
    this.#guarded('the answer to a subscription', () => answer({ ...subscribed, refused }));
    // Three numbers each, as JSON.
    viewer.room -= subscribed.series.length * 24;
  }

  #detailsOf({ runs, mapsOf }: Watch): RunDetail[] {
    const details: RunDetail[] = [];
    let left = DETAIL_BYTES;
    for (const id of new Set(mapsOf === null ? runs : [...runs, mapsOf])) {
      const detail = this.#logdir.runs.get(id)?.detail();
      if (!detail) continue;
      left -= sizeOf(detail);
      if (left < 0) break;
      details.push(detail);
    }
    return details;
  }

  #sendGaps(viewer: Viewer): void {
    if (viewer.room <= 0) return;
    for (const gap of viewer.gaps) {
      if (this.#logdir.runs.get(gap.run)?.generation === gap.generation) this.#send([viewer], 'gap', gap);
    }
    viewer.gaps = [];
    for (const id of viewer.gapsOf) {
      if (viewer.room <= 0) break;
      viewer.gapsOf.delete(id);
      const run = this.#logdir.runs.get(id);
      if (!run) continue;
      const { generation } = run;
      const detail = run.detail();
      for (const gap of detail.gaps) this.#send([viewer], 'gap', { run: id, generation, gap });
      viewer.room -= sizeOf(detail);
    }
  }

  /** Returns whether all maps have been sent that could be. */
  #sendMaps(): boolean {
    const due = new Map<Column, { map: WaitingMap; bytes: Uint8Array; viewers: Viewer[] }>();
    const served: Viewer[] = [];
    let left = MAPS_A_TURN;
    for (const viewer of this.#viewers) {
      if (left <= 0) break;
      if (viewer.deliverable.size === 0 || viewer.room <= 0) continue;
      served.push(viewer);
      for (const [subject, map] of viewer.deliverable) {
        if (viewer.room <= 0) break;
        if (this.#logdir.runs.get(map.run.id)?.generation !== map.generation) {
          viewer.mapIsVoid(subject);
          continue;
        }
        const bytes = this.#maps.bytes(map);
        if (!bytes) {
          this.#readMap(map);
          continue;
        }
        viewer.mapIsSent(subject);
        viewer.room -= bytes.length;
        left--;
        const together = due.get(map.column);
        if (together) together.viewers.push(viewer);
        else due.set(map.column, { map, bytes, viewers: [viewer] });
      }
    }
    // The others are first in the next turn.
    for (const viewer of served) {
      this.#viewers.delete(viewer);
      this.#viewers.add(viewer);
    }
    for (const { map, bytes, viewers } of due.values()) {
      const { run, generation, column, row } = map;
      const { tag, kind } = column;
      this.#send(viewers, 'blob', { run: run.id, generation, tag, kind, row, bytes });
    }
    return left > 0;
  }

  #readMap(map: WaitingMap): void {
    void this.#maps.read(map)?.then((isThere) => {
      // The viewers have its row. They ask over HTTP, and the answer says what is wrong.
      if (!isThere) for (const viewer of this.#viewers) viewer.mapIsGone(map);
      this.#flushSoon();
    });
  }

  #sendList(): void {
    for (const viewer of this.#viewers) {
      if (viewer.unlisted === null || viewer.room <= 0) continue;
      const runs = this.#list.summaries(viewer.unlisted.splice(0, RUNS_AT_ONCE));
      const more = viewer.unlisted.length > 0;
      if (!more) viewer.unlisted = null;
      const { name, notices } = this.#logdir;
      const head = { protocol: PROTOCOL_VERSION, logdir: name, notices };
      this.#send([viewer], 'runs', { ...head, runs, ...(more ? { more } : {}) });
    }
  }

  #sendChanges(): void {
    const isNew = this.#listDue < this.#list.latest;
    if (isNew && performance.now() < this.#changedAt + CHANGED_EVERY_MS) this.#changedSoon();
    else if (isNew) {
      this.#changedAt = performance.now();
      this.#listDue = this.#list.latest;
    }
    const behind = new Map<number, Viewer[]>();
    for (const viewer of this.#viewers) {
      const { known, unlisted, room } = viewer;
      if (known === null || known >= this.#listDue || unlisted !== null || room <= 0) continue;
      const together = behind.get(known);
      if (together) together.push(viewer);
      else behind.set(known, [viewer]);
    }
    for (const [known, viewers] of behind) {
      const changes = this.#list.changesAfter(known);
      for (const viewer of viewers) {
        if (changes) viewer.known = changes.known;
        else this.#startList(viewer);
      }
      if (changes)
        this.#send(viewers, 'changed', {
          notices: this.#logdir.notices,
          runs: changes.runs,
          removed: changes.removed,
        });
    }
  }

  #startList(viewer: Viewer): void {
    viewer.unlisted = [...this.#logdir.runs.keys()];
    viewer.known = this.#list.latest;
    this.#flushSoon();
  }
}

/** How long to rest after a turn that began at this time, in ms. A short turn needs none. */
function restAfter(began: number): number {
  const rest = REST * (performance.now() - began);
  return rest < GATHER_MS ? 0 : Math.min(LONGEST_REST_MS, rest);
}

/** About as many bytes as its JSON has. */
function sizeOf({ tags, gaps, files = [] }: RunDetail): number {
  const ofTags = tags.reduce((sum, { tag }) => sum + tag.length + 50, 0);
  const ofFiles = files.reduce((sum, { file }) => sum + file.length + 30, 0);
  return (
    2000 +
    ofTags +
    ofFiles +
    gaps.reduce((sum, { file, reason }) => sum + file.length + reason.length + 120, 0)
  );
}
