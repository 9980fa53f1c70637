/** A run whose files do not grow: they are read once, and their events by range after that. */
import { compressedFile, compressionOf } from '../event-log/compression.js';
import { FRAME_HEADER_BYTES } from '../event-log/frame.js';
import { EventRanges } from '../log-index/event-ranges.js';
import { fileSummaries } from '../log-index/file-summaries.js';
import { formatCount } from '../log-index/format-count.js';
import { announceGaps, type IndexedFile, openIndexReader } from '../log-index/index-reader.js';
import type { IndexRoom } from '../log-index/index-room.js';
import type { Column, Run, ScalarColumn } from '../log-index/run.js';
import { type IndexedGap, RunIndex } from '../log-index/run-index.js';
import { messageOf } from '../message-of.js';
import type { RunDetail, RunState, RunSummary } from '../protocol/live.js';
import type { LogFile } from './log-file.js';

/** Bytes to read and parse at a time. */
const CHUNK_BYTES = 1024 * 1024;
/** How much of a record that is not complete is held between two chunks. */
const HELD_BYTES = 4096;
const PIECE_BYTES = 1024 * 1024;
/** The first bytes of a file say whether it is compressed. */
const MAGIC_BYTES = 8;

interface OpenFile extends IndexedFile {
  readonly source: LogFile;
}

const noteNothing = (_gap: IndexedGap): void => undefined;

export class FileRun implements Run {
  readonly id: string;
  readonly #index: RunIndex;
  readonly #files: readonly OpenFile[];
  readonly #problems: string[] = [];
  #isReadToEnd = false;

  /** @param files in the order in which they are read */
  constructor(id: string, files: readonly LogFile[], generation: number, room: IndexRoom) {
    this.id = id;
    this.#index = new RunIndex(generation, room);
    this.#files = files.map((source, number) => ({
      source,
      name: source.path.slice(source.path.lastIndexOf('/') + 1),
      number,
      ranges: new EventRanges(),
      lastStep: null,
      openGaps: [],
    }));
  }

  /** Its files, in the order in which they are read. */
  get sources(): readonly LogFile[] {
    return this.#files.map(({ source }) => source);
  }

  get generation(): number {
    return this.#index.generation;
  }

  columns(): Iterable<Column> {
    return this.#index.columns();
  }

  owns(column: Column): boolean {
    return this.#index.owns(column);
  }

  column(tag: string, kind: string): Column | null {
    return this.#index.column(tag, kind) ?? null;
  }

  scalars(tag: string): ScalarColumn | null {
    return this.#index.scalars(tag) ?? null;
  }

  /** Files do not say whether their writer is at work, or was when they were copied or exported. */
  state(): RunState {
    const { end, hasFailedSession } = this.#index;
    return end?.reason ?? (hasFailedSession ? 'failed' : 'idle');
  }

  summary(): RunSummary {
    const bytes = this.#files.reduce((sum, { source }) => sum + source.size, 0);
    const notShown = [...this.#index.notShown(), ...this.#problems];
    if (this.#isReadToEnd && this.#index.isEmpty && this.#problems.length === 0) {
      const files = this.#files.length === 1 ? 'The event file' : 'Every event file';
      notShown.push(
        bytes === 0
          ? `${files} is empty.`
          : `${files} holds its version and nothing else: no record was written.`,
      );
    }
    return {
      ...this.#index.summary(this.id, { state: this.state(), bytes, readToEnd: this.#isReadToEnd }),
      ...(notShown.length > 0 ? { notShown } : {}),
    };
  }

  detail(): RunDetail {
    return {
      summary: this.summary(),
      tags: this.#index.tags(),
      gaps: this.#index.gapSummaries(),
      ...fileSummaries(this.#files.map(({ name, source }) => ({ name, size: source.size }))),
    };
  }

  /**
   * Reads all files into the index.
   * @param passed is told how many bytes were read, after each chunk
   */
  async read(passed: (bytes: number) => void): Promise<void> {
    for (const file of this.#files) {
      try {
        await this.#readFile(file, passed);
      } catch (error) {
        this.#problems.push(`${file.name} cannot be read (${messageOf(error)}).`);
      }
    }
    this.#isReadToEnd = true;
  }

  async #readFile(file: OpenFile, passed: (bytes: number) => void): Promise<void> {
    const { source, name } = file;
    const compression = compressionOf(await source.read(0, Math.min(MAGIC_BYTES, source.size)));
    if (compression !== null) {
      this.#problems.push(compressedFile(name, compression));
      return;
    }
    const reader = openIndexReader({
      index: this.#index,
      file,
      gap: noteNothing,
      holdBytes: HELD_BYTES,
      // What is not complete is judged at the end of the file, and not by time.
      now: () => 0,
    });
    const readOn = async () => {
      for (;;) {
        const wanted = reader.next(source.size);
        if (wanted === null) return;
        const from = reader.offset;
        const to = Math.min(source.size, from + Math.max(CHUNK_BYTES, wanted.length));
        reader.push(await source.read(from, to));
        passed(to - from);
      }
    };
    await readOn();
    reader.finish(source.size);
    await readOn();
    announceGaps(file, null, noteNothing);
    // A record that may still be written is not a gap, but the file does not grow.
    const rest = source.size - (reader.state?.place.offset ?? source.size);
    if (rest > 0)
      this.#problems.push(`${name} ends within a record, ${formatCount(rest)} bytes after its beginning.`);
  }

  /** The data of an event, in pieces; null if the index does not list it. */
  async event(number: number, offset: number, length: number): Promise<AsyncIterable<Uint8Array> | null> {
    const file = this.#files[number];
    if (!file?.ranges.has(offset, length)) return null;
    return pieces(file.source, offset + FRAME_HEADER_BYTES, length);
  }
}

async function* pieces(file: LogFile, from: number, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += PIECE_BYTES)
    yield await file.read(from + at, from + Math.min(length, at + PIECE_BYTES));
}
