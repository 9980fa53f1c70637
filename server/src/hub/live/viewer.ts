/**
 * What is sent to one viewer. One file, because everything shares one budget: the bytes that the socket takes before it drains.
 */
import { PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import type {
  GapSummary,
  LiveClientEvents,
  LiveRows,
  LiveServerEvents,
  RunDetail,
  Watch,
} from '@convscope/shared/protocol/live.js';
import { type BlobRow, readBlobRow } from '@convscope/shared/protocol/rows.js';
import type { Socket } from 'socket.io';
import type { Logdir } from '../../logdir/logdir.js';
import type { Column, Run } from '../../logdir/run.js';

export type LiveSocket = Socket<LiveClientEvents, LiveServerEvents>;

const CHANGED_EVERY_MS = 250;
/** Rows are collected for this long, so that the scalars of one step are sent in one message. */
const GATHER_MS = 2;
/** Most rows of one column in a message. A viewer that is further behind gets the newest and fetches the rest over HTTP. */
const ROWS_AT_ONCE = 32_768;
/** Most bytes written to the socket before it has to drain. */
const BYTES_AT_ONCE = 1024 * 1024;
/** socket.io's parsers take at most 10 binary attachments a message. */
const COLUMNS_A_MESSAGE = 8;
const WAITING_GAPS = 100;

/** One tag whose newest map the viewer wants. */
interface Subject {
  /** Whether the viewer can take one more. */
  credit: boolean;
  waiting: {
    readonly column: Column;
    readonly row: number;
    readonly generation: number;
    bytes: Uint8Array | null;
  } | null;
  reading: boolean;
}

/**
 * Sends one viewer what it watches, without a queue: it keeps a row number for each column, and for each watched tag the
 * row of its newest map. It writes only as much as the socket accepts. A viewer that stops reading therefore costs the
 * hub one message, and does not affect other viewers.
 */
export class Viewer {
  readonly #socket: LiveSocket;
  readonly #logdir: Logdir;
  #runs = new Set<string>();
  #mapsOf: string | null = null;
  #subjects = new Map<string, Subject>();
  /** For each column, the number of rows that the viewer has or has been told of. */
  #sent = new WeakMap<Column, number>();
  #grown = new Map<Column, Run>();
  #gaps: { run: Run; generation: number; gap: GapSummary }[] = [];
  #changed = new Set<string>();
  #removed = new Set<string>();
  /** Whether the list of runs was sent, which changes refer to. */
  #isListed = false;
  #unread = 0;
  #changedAt = -Infinity;
  #flushedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #changedTimer: NodeJS.Timeout | undefined;
  #onceMore: NodeJS.Immediate | undefined;

  constructor(socket: LiveSocket, logdir: Logdir) {
    this.#socket = socket;
    this.#logdir = logdir;
    socket.conn.transport.on('ready', this.#ready);
  }

  close(): void {
    this.#socket.conn.transport.off('ready', this.#ready);
    clearTimeout(this.#timer);
    clearTimeout(this.#changedTimer);
    clearImmediate(this.#onceMore);
    this.#runs.clear();
    this.#subjects.clear();
    this.#grown.clear();
    this.#mapsOf = null;
  }

  /** Sends all runs. Changes of them are sent after it. */
  list(): void {
    this.#changed.clear();
    this.#removed.clear();
    this.#isListed = true;
    this.#socket.emit('runs', {
      protocol: PROTOCOL_VERSION,
      logdir: this.#logdir.name,
      runs: [...this.#logdir.runs.values()].map((run) => run.summary()),
    });
  }

  /** Counts a request that will be answered. Returns how many answers are waiting because the viewer does not read. */
  asked(): number {
    if (this.#isReady()) this.#unread = 0;
    else this.#unread++;
    return this.#unread;
  }

  /**
   * Replaces what is watched. The details contain the number of rows that exist now: the viewer fetches those over HTTP,
   * and live rows start after them. From now on, maps are pushed as they arrive.
   */
  watch(watch: Watch): RunDetail[] {
    const before = this.#runs;
    this.#runs = new Set(watch.runs);
    const sameRun = watch.mapsOf === this.#mapsOf;
    this.#mapsOf = watch.mapsOf;
    const subjects = new Map<string, Subject>();
    for (const tag of watch.tags) {
      const known = sameRun ? this.#subjects.get(tag) : undefined;
      subjects.set(tag, { credit: true, waiting: known?.waiting ?? null, reading: false });
    }
    this.#subjects = subjects;
    const wanted = watch.mapsOf === null ? watch.runs : [...watch.runs, watch.mapsOf];
    const details: RunDetail[] = [];
    for (const id of new Set(wanted)) {
      const run = this.#logdir.runs.get(id);
      if (!run) continue;
      details.push(run.detail());
      if (before.has(id) && this.#runs.has(id)) continue;
      for (const column of run.columns()) {
        this.#sent.set(column, column.rows);
        this.#grown.delete(column);
      }
    }
    this.#flushSoon();
    return details;
  }

  credit(run: string, tag: string): void {
    const subject = run === this.#mapsOf ? this.#subjects.get(tag) : undefined;
    if (!subject) return;
    subject.credit = true;
    if (subject.waiting) this.#flushSoon();
  }

  /** Called when a map arrives. `copy` returns its bytes, the same array for all viewers. */
  blob(run: Run, column: Column, copy: () => Uint8Array): void {
    const subject = run.id === this.#mapsOf ? this.#subjects.get(column.tag) : undefined;
    if (!subject) return;
    // Keep the bytes only if they can be sent now; otherwise they are read from the file later.
    const bytes = subject.credit && this.#isReady() ? copy() : null;
    subject.waiting = { column, row: column.rows - 1, generation: run.generation, bytes };
    if (subject.credit) this.#flushSoon();
  }

  grown(run: Run, columns: ReadonlySet<Column>): void {
    if (!this.#runs.has(run.id)) return;
    for (const column of columns) this.#grown.set(column, run);
    this.#flushSoon();
  }

  gap(run: Run, gap: GapSummary): void {
    if (!this.#runs.has(run.id) || this.#gaps.length >= WAITING_GAPS) return;
    this.#gaps.push({ run, generation: run.generation, gap });
    this.#flushSoon();
  }

  changed(run: Run): void {
    this.#changed.add(run.id);
    this.#removed.delete(run.id);
    this.#changedSoon();
  }

  removed(run: string): void {
    this.#changed.delete(run);
    this.#removed.add(run);
    this.#changedSoon();
  }

  /** Called when the socket has drained. */
  readonly #ready = (): void => {
    this.#unread = 0;
    const maps = [...this.#subjects.values()].some(({ waiting, credit }) => waiting && credit);
    const waits = this.#grown.size + this.#gaps.length + this.#changed.size + this.#removed.size;
    if (maps || waits > 0) this.#flushSoon();
  };

  #isReady(): boolean {
    const { conn } = this.#socket;
    return conn.readyState === 'open' && conn.transport.writable;
  }

  #flushSoon(): void {
    if (this.#timer || this.#onceMore) return;
    const rest = this.#flushedAt + GATHER_MS - performance.now();
    const flush = () => {
      this.#timer = undefined;
      this.#onceMore = undefined;
      this.#flush();
    };
    // After a pause there is nothing to collect, so only wait for the end of the current turn.
    if (rest <= 0) this.#onceMore = setImmediate(flush);
    else this.#timer = setTimeout(flush, rest);
  }

  #flush(): void {
    if (!this.#isReady()) return;
    this.#flushedAt = performance.now();
    let room = BYTES_AT_ONCE;
    room -= this.#sendRows(room);
    for (const { run, generation, gap } of this.#gaps) {
      if (run.generation === generation)
        this.#socket.emit('gap', { run: run.id, generation, gap: { ...gap } });
    }
    this.#gaps = [];
    for (const [tag, subject] of this.#subjects) {
      if (room <= 0) break;
      room -= this.#sendBlob(tag, subject);
    }
    this.#sendChanged();
  }

  #sendRows(room: number): number {
    let bytes = 0;
    let rows: LiveRows[] = [];
    for (const [column, run] of this.#grown) {
      if (bytes >= room) break;
      this.#grown.delete(column);
      const { generation } = run;
      const known = this.#sent.get(column) ?? 0;
      if (!this.#runs.has(run.id) || known >= column.rows || !run.owns(column)) continue;
      const start = Math.max(known, column.rows - ROWS_AT_ONCE);
      this.#sent.set(column, column.rows);
      const message = {
        run: run.id,
        generation,
        tag: column.tag,
        kind: column.kind,
        start,
        bytes: column.bytes(start),
      };
      bytes += message.bytes.length;
      rows.push(message);
      if (rows.length === COLUMNS_A_MESSAGE) {
        this.#socket.emit('rows', rows);
        rows = [];
      }
    }
    if (rows.length > 0) this.#socket.emit('rows', rows);
    return bytes;
  }

  #sendBlob(tag: string, subject: Subject): number {
    const { waiting } = subject;
    if (!waiting || !subject.credit) return 0;
    const run = this.#logdir.runs.get(this.#mapsOf!);
    if (run?.generation !== waiting.generation) {
      subject.waiting = null;
      return 0;
    }
    if (!waiting.bytes) {
      if (!subject.reading) void this.#read(run, subject, waiting);
      return 0;
    }
    subject.credit = false;
    subject.waiting = null;
    const { column, row, generation, bytes } = waiting;
    this.#socket.emit('blob', { run: run.id, generation, tag, kind: column.kind, row, bytes });
    return bytes.length;
  }

  /** Reads a waiting map from the file, unless a newer one arrives meanwhile. */
  async #read(run: Run, subject: Subject, waiting: NonNullable<Subject['waiting']>): Promise<void> {
    subject.reading = true;
    try {
      const { file, offset, length } = blobRowOf(waiting.column, waiting.row);
      const pieces = await this.#logdir.event(run.id, file, offset, length);
      if (!pieces) throw new Error('The file was cut or replaced.');
      const parts: Uint8Array[] = [];
      for await (const piece of pieces) parts.push(piece);
      waiting.bytes = Buffer.concat(parts);
    } catch {
      // The viewer has the index row. It asks over HTTP, and the answer says what is wrong.
      if (subject.waiting === waiting) subject.waiting = null;
    } finally {
      subject.reading = false;
    }
    if (subject.waiting) this.#flushSoon();
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

  #sendChanged(): void {
    if (!this.#isListed || this.#changed.size + this.#removed.size === 0) return;
    if (performance.now() < this.#changedAt + CHANGED_EVERY_MS) {
      this.#changedSoon();
      return;
    }
    this.#changedAt = performance.now();
    const runs = [...this.#changed].flatMap((id) => this.#logdir.runs.get(id)?.summary() ?? []);
    this.#socket.emit('changed', { runs, removed: [...this.#removed] });
    this.#changed.clear();
    this.#removed.clear();
  }
}

function blobRowOf(column: Column, row: number): BlobRow {
  const bytes = column.bytes(row, row + 1);
  return readBlobRow(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);
}
