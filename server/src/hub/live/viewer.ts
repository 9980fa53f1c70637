import type { Column, Run, ScalarColumn } from '@convscope/shared/log-index/run.js';
import type { LiveClientEvents, LiveServerEvents, Watch } from '@convscope/shared/protocol/live.js';
import type { Refusal } from '@convscope/shared/protocol/series.js';
import type { Socket } from 'socket.io';
import type { FittingSubscription } from './fitting.js';
import type { WaitingMap } from './newest-maps.js';

export type LiveSocket = Socket<LiveClientEvents, LiveServerEvents>;
type Gap = Parameters<LiveServerEvents['gap']>[0];
type WatchAnswer = Parameters<LiveClientEvents['watch']>[1];
type SubscribeAnswer = Parameters<LiveClientEvents['subscribe']>[1];

/** Most bytes written to the socket before it has to drain. */
const BYTES_AT_ONCE = 1024 * 1024;
/** Columns of which a viewer that does not read may miss rows. With more it has to come back and start anew. */
const MISSED_COLUMNS = 10_000;
/** Gaps that are noted one by one. Of a run with more, a viewer is sent all that the run lists. */
const MISSED_GAPS = 100;
/** Series of which a viewer may miss points. Of one that misses more it is told how long all are, and it fetches them. */
const MISSED_SERIES = 2500;

/** One tag whose newest map the viewer wants. */
export interface Subject {
  /** Whether the viewer can take one more. */
  hasCredit: boolean;
  waiting: WaitingMap | null;
}

/** A series of a subscription that has grown, with the first row that a viewer lacks. */
export interface GrownSeries {
  readonly run: Run;
  readonly start: number;
}

export interface AskedSubscription {
  readonly subscription: FittingSubscription;
  readonly answer: SubscribeAnswer;
  readonly refused: readonly Refusal[];
}

/** What one viewer watches, and what it has missed since its socket last drained: places in the log, and no bytes of it. */
export class Viewer {
  readonly socket: LiveSocket;
  runs: ReadonlySet<string> = new Set();
  mapsOf: string | null = null;
  #subjects = new Map<string, Subject>();
  /** The subjects that have credit, with their waiting maps. */
  readonly deliverable = new Map<Subject, WaitingMap>();
  /** Columns that grew while the socket was not ready, with the first row that the viewer lacks. */
  readonly missed = new Map<Column, { readonly run: Run; readonly start: number }>();
  gaps: Gap[] = [];
  /** Runs with more missed gaps than are noted. */
  readonly gapsOf = new Set<string>();
  /** The last request to watch that came while the socket was not ready. */
  asked: {
    readonly watch: Watch;
    readonly answer: WatchAnswer;
    readonly refused: readonly Refusal[];
  } | null = null;
  /** The same of the last subscription. */
  askedSeries: AskedSubscription | null = null;
  /** Whether it has subscribed to scalars. */
  hasSubscription = false;
  /** Series of the subscription that grew while the socket was not ready. */
  readonly missedPoints = new Map<ScalarColumn, GrownSeries>();
  /** Whether it has missed more than is noted. */
  hasHoles = false;
  /** The runs of the list that have not been sent, while the list is being sent. */
  unlisted: string[] | null = null;
  /** How far it knows the changes of the list; null until the list is due. */
  known: number | null = null;
  /** How many bytes may be written in this turn. */
  room = 0;
  #unread = 0;
  #isLost = false;

  constructor(socket: LiveSocket, drained: (viewer: Viewer) => void) {
    this.socket = socket;
    const { conn, request } = socket;
    const ready = () => {
      this.#unread = 0;
      if (this.#isLost) request.socket.destroy();
      else drained(this);
    };
    conn.transport.on('ready', ready);
    // A message with its attachments is many frames. They go to the system together.
    const gather = () => {
      request.socket.cork();
      process.nextTick(() => request.socket.uncork());
    };
    conn.on('flush', gather);
    socket.once('disconnect', () => {
      conn.transport.off('ready', ready);
      conn.off('flush', gather);
    });
  }

  get isReady(): boolean {
    const { conn } = this.socket;
    return conn.readyState === 'open' && conn.transport.writable;
  }

  get isWaiting(): boolean {
    const { missed, lacksGaps, deliverable, asked, askedSeries, unlisted, lacksPoints } = this;
    const hasAsked = asked !== null || askedSeries !== null || lacksGaps;
    return missed.size + deliverable.size > 0 || hasAsked || unlisted !== null || lacksPoints;
  }

  get lacksGaps(): boolean {
    return this.gaps.length + this.gapsOf.size > 0;
  }

  get lacksPoints(): boolean {
    return this.hasHoles || this.missedPoints.size > 0;
  }

  /** Begins a turn. Nothing is written to a socket that has not drained. */
  makeRoom(): void {
    this.room = this.isReady ? BYTES_AT_ONCE : 0;
  }

  /** Counts a request that will be answered. Returns how many answers are waiting because the viewer does not read. */
  countQuestion(): number {
    if (this.isReady) this.#unread = 0;
    else this.#unread++;
    return this.#unread;
  }

  watch({ runs, mapsOf, tags }: Watch): void {
    this.runs = new Set(runs);
    for (const [column, { run }] of this.missed) if (!this.runs.has(run.id)) this.missed.delete(column);
    this.gaps = this.gaps.filter(({ run }) => this.runs.has(run));
    for (const run of this.gapsOf) if (!this.runs.has(run)) this.gapsOf.delete(run);
    const known = mapsOf === this.mapsOf ? this.#subjects : null;
    this.mapsOf = mapsOf;
    this.#subjects = new Map();
    this.deliverable.clear();
    for (const tag of tags) {
      const subject: Subject = { hasCredit: true, waiting: known?.get(tag)?.waiting ?? null };
      this.#subjects.set(tag, subject);
      if (subject.waiting) this.deliverable.set(subject, subject.waiting);
    }
  }

  wantsMaps(run: Run, tag: string): boolean {
    return this.mapsOf === run.id && this.#subjects.has(tag);
  }

  mapWaits(map: WaitingMap): void {
    const subject = this.#subjects.get(map.column.tag);
    if (!subject) return;
    subject.waiting = map;
    if (subject.hasCredit) this.deliverable.set(subject, map);
  }

  mapIsSent(subject: Subject): void {
    subject.hasCredit = false;
    this.mapIsVoid(subject);
  }

  mapIsVoid(subject: Subject): void {
    subject.waiting = null;
    this.deliverable.delete(subject);
  }

  /** It cannot be read. */
  mapIsGone({ column, row }: WaitingMap): void {
    for (const [subject, map] of this.deliverable) {
      if (map.column === column && map.row === row) this.mapIsVoid(subject);
    }
  }

  /** Returns whether a map can be sent now. */
  credit(run: string, tag: string): boolean {
    const subject = run === this.mapsOf ? this.#subjects.get(tag) : undefined;
    if (!subject) return false;
    subject.hasCredit = true;
    if (subject.waiting) this.deliverable.set(subject, subject.waiting);
    return subject.waiting !== null;
  }

  miss(run: Run, columns: ReadonlyMap<Column, number>): void {
    if (this.#isLost) return;
    for (const [column, start] of columns) {
      if (!this.missed.has(column)) this.missed.set(column, { run, start });
    }
    if (this.missed.size <= MISSED_COLUMNS || this.isReady) return;
    // It comes back as a new viewer once it reads again, and fetches what the log holds.
    this.#isLost = true;
    this.missed.clear();
    this.forgetPoints();
    this.#subjects.clear();
    this.deliverable.clear();
    this.gaps = [];
    this.gapsOf.clear();
    this.unlisted = null;
    this.known = null;
  }

  missPoints(grown: ReadonlyMap<ScalarColumn, GrownSeries>): void {
    if (this.#isLost || this.hasHoles) return;
    for (const [column, series] of grown)
      if (!this.missedPoints.has(column)) this.missedPoints.set(column, series);
    if (this.missedPoints.size <= MISSED_SERIES || this.isReady) return;
    this.missedPoints.clear();
    this.hasHoles = true;
  }

  /** It does not show the series of its subscription any more. */
  forgetPoints(): void {
    this.missedPoints.clear();
    this.hasHoles = false;
  }

  missGap(gap: Gap): void {
    if (this.#isLost || this.gapsOf.has(gap.run)) return;
    if (this.gaps.length < MISSED_GAPS) {
      this.gaps.push(gap);
      return;
    }
    this.gapsOf.add(gap.run);
    this.gaps = this.gaps.filter(({ run }) => run !== gap.run);
  }
}
