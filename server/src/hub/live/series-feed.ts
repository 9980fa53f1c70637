import { createHash } from 'node:crypto';
import type { Column, Run, ScalarColumn } from '@convscope/shared/log-index/run.js';
import type { Subscribed } from '@convscope/shared/protocol/live.js';
import {
  encodeLivePoints,
  type LivePoints,
  livePointsBytes,
} from '@convscope/shared/protocol/live-points.js';
import type { Logdir } from '../../logdir/logdir.js';
import type { FittingSubscription } from './fitting.js';
import type { ShownRuns } from './shown-runs.js';
import type { GrownSeries, Viewer } from './viewer.js';

/** Points of one turn that are sent to all viewers alike. More are sent to each as it can take them. */
const SHARED_BYTES = 256 * 1024;

/** What viewers show that have subscribed to the same series. */
class SubscribedGroup {
  readonly subscription: FittingSubscription;
  readonly viewers = new Set<Viewer>();
  /** Series that have grown in this turn. */
  grown = new Map<ScalarColumn, GrownSeries>();

  constructor(subscription: FittingSubscription) {
    this.subscription = subscription;
  }

  *runs(logdir: Logdir): Generator<Run> {
    for (const id of this.subscription.runs.keys()) {
      const run = logdir.runs.get(id);
      if (run) yield run;
    }
  }
}

/**
 * Sends the new points of series to the viewers that have subscribed to them. Viewers with the same subscription get the
 * same message, which is encoded once.
 */
export class SeriesFeed {
  readonly #logdir: Logdir;
  readonly #shown: ShownRuns;
  readonly #send: (viewers: readonly Viewer[], points: Uint8Array) => void;
  readonly #groups = new Map<string, SubscribedGroup>();
  readonly #groupOf = new Map<Viewer, SubscribedGroup>();
  readonly #byRun = new Map<string, Set<SubscribedGroup>>();
  /** How many rows the viewers of a series have been told of. */
  readonly #told = new WeakMap<Column, number>();

  constructor(
    logdir: Logdir,
    shown: ShownRuns,
    send: (viewers: readonly Viewer[], points: Uint8Array) => void,
  ) {
    this.#logdir = logdir;
    this.#shown = shown;
    this.#send = send;
  }

  /** Returns what is there already. Live points go on after it. */
  subscribe(viewer: Viewer, subscription: FittingSubscription): Omit<Subscribed, 'refused'> {
    this.leave(viewer);
    const { runs, tags } = subscription;
    const series: [run: number, tag: number, rows: number][] = [];
    const generations: (number | null)[] = Array(Math.max(-1, ...runs.values()) + 1).fill(null);
    for (const [id, runPlace] of runs) {
      const run = this.#logdir.runs.get(id);
      if (!run) continue;
      generations[runPlace] = run.generation;
      for (const [tag, tagPlace] of tags) {
        const column = run.scalars(tag);
        if (!column) continue;
        series.push([runPlace, tagPlace, column.rows]);
        if (!this.#isShown(run.id, tag)) this.#told.set(column, column.rows);
      }
    }
    if (runs.size > 0 && tags.size > 0) this.#join(viewer, subscription);
    return { generations, series };
  }

  leave(viewer: Viewer): void {
    const group = this.#groupOf.get(viewer);
    if (!group) return;
    this.#groupOf.delete(viewer);
    viewer.hasSubscription = false;
    viewer.forgetPoints();
    group.viewers.delete(viewer);
    if (group.viewers.size > 0) return;
    this.#groups.delete(keyOf(group.subscription));
    for (const id of group.subscription.runs.keys()) {
      const groups = this.#byRun.get(id);
      groups?.delete(group);
      if (groups?.size === 0) this.#byRun.delete(id);
      this.#shown.remove(id);
    }
  }

  /** Returns whether anybody shows one of the columns. */
  grown(run: Run, columns: ReadonlySet<Column>): boolean {
    const groups = this.#byRun.get(run.id);
    if (!groups) return false;
    let isShown = false;
    for (const { tag, kind } of columns) {
      const column = kind === 'scalar' ? run.scalars(tag) : null;
      if (!column) continue;
      const start = this.#told.get(column) ?? 0;
      let isTold = false;
      for (const group of groups) {
        if (!group.subscription.tags.has(tag)) continue;
        isTold = true;
        if (!group.grown.has(column)) group.grown.set(column, { run, start });
      }
      if (isTold) this.#told.set(column, column.rows);
      isShown ||= isTold;
    }
    return isShown;
  }

  /** Sends what has grown to the viewers that have room, and notes what the others miss. */
  send(): void {
    for (const group of this.#groups.values()) {
      this.#sendGrown(group);
      for (const together of missingTheSame(group)) this.#sendMissed(group, together);
    }
  }

  #isShown(run: string, tag: string): boolean {
    for (const { subscription } of this.#byRun.get(run) ?? []) if (subscription.tags.has(tag)) return true;
    return false;
  }

  #join(viewer: Viewer, subscription: FittingSubscription): void {
    const key = keyOf(subscription);
    let group = this.#groups.get(key);
    if (!group) {
      group = new SubscribedGroup(subscription);
      this.#groups.set(key, group);
      for (const id of subscription.runs.keys()) {
        const groups = this.#byRun.get(id) ?? new Set();
        groups.add(group);
        this.#byRun.set(id, groups);
        this.#shown.add(id);
      }
    }
    group.viewers.add(viewer);
    this.#groupOf.set(viewer, group);
    viewer.hasSubscription = true;
  }

  #sendGrown(group: SubscribedGroup): void {
    const { grown } = group;
    if (grown.size === 0) return;
    group.grown = new Map();
    let size = 0;
    for (const [{ rows }, { start }] of grown)
      size += livePointsBytes(Math.min(rows - start, group.subscription.width));
    const together: Viewer[] = [];
    for (const viewer of group.viewers) {
      if (viewer.room > 0 && !viewer.lacksPoints && size <= SHARED_BYTES) together.push(viewer);
      else viewer.missPoints(grown);
    }
    if (together.length === 0) return;
    const points: LivePoints[] = [];
    for (const [column, { run, start }] of grown) {
      const block = pointsOf(group, run, column, start);
      if (block) points.push(block);
    }
    this.#sendPoints(together, points);
  }

  /** As much as the viewers have room for. */
  #sendMissed(group: SubscribedGroup, together: readonly Viewer[]): void {
    const [first] = together;
    if (!first) return;
    let room = Math.min(...together.map((viewer) => viewer.room));
    const points: LivePoints[] = [];
    if (first.hasHoles) {
      for (const viewer of together) viewer.hasHoles = false;
      for (const run of group.runs(this.#logdir)) {
        for (const tag of group.subscription.tags.keys()) {
          const column = run.scalars(tag);
          const block = column && pointsOf(group, run, column, column.rows);
          if (block) points.push(block);
        }
      }
    }
    for (const [column, { run, start }] of first.missedPoints) {
      if (room <= 0) break;
      for (const viewer of together) viewer.missedPoints.delete(column);
      const block = pointsOf(group, run, column, start);
      if (!block) continue;
      points.push(block);
      room -= livePointsBytes(block.steps.length);
    }
    this.#sendPoints(together, points);
  }

  #sendPoints(viewers: readonly Viewer[], points: readonly LivePoints[]): void {
    if (points.length === 0) return;
    const bytes = encodeLivePoints(points);
    this.#send(viewers, bytes);
    for (const viewer of viewers) viewer.room -= bytes.length;
  }
}

/** The rows from `start` on, or the newest if there are too many. Null if the column is void. */
function pointsOf(group: SubscribedGroup, run: Run, column: ScalarColumn, start: number): LivePoints | null {
  const { runs, tags, width } = group.subscription;
  const [runPlace, tagPlace] = [runs.get(run.id), tags.get(column.tag)];
  if (runPlace === undefined || tagPlace === undefined || !run.owns(column)) return null;
  const from = Math.max(start, column.rows - width);
  const { generation } = run;
  const { rows, keptRows: kept } = column;
  return { run: runPlace, tag: tagPlace, generation, start: from, kept, ...column.read(from, rows) };
}

/** Viewers of a group that have room, in lists that lack the same points. */
function missingTheSame(group: SubscribedGroup): Iterable<Viewer[]> {
  const lists: Viewer[][] = [];
  for (const viewer of group.viewers) {
    if (!viewer.lacksPoints || viewer.room <= 0) continue;
    const together = lists.find(([other]) => other && lacksTheSame(viewer, other));
    if (together) together.push(viewer);
    else lists.push([viewer]);
  }
  return lists;
}

/** Most often viewers that lack the same have missed the same turns, and begin with the same. */
function lacksTheSame(a: Viewer, b: Viewer): boolean {
  if (a.hasHoles !== b.hasHoles || a.missedPoints.size !== b.missedPoints.size) return false;
  for (const [column, { start }] of a.missedPoints)
    if (b.missedPoints.get(column)?.start !== start) return false;
  return true;
}

function keyOf({ runs, tags, width }: FittingSubscription): string {
  const names = JSON.stringify([width, [...runs], [...tags]]);
  return createHash('sha256').update(names).digest('base64');
}
