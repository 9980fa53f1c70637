/** Reads the captures of a tag for what they say about its channels, so that a page needs no maps to judge all of them. */

import { joined, joinedPieces } from '../joined.js';
import type { Column, Run, RunSet } from '../log-index/run.js';
import { encodeHistoryRow } from '../protocol/history.js';
import { BLOB_ROW_BYTES, type BlobRow, readBlobRow } from '../protocol/rows.js';
import type { HistoryCapture, HistoryKind } from './summarise-event.js';

/** A global of pages, workers and Node alike; this folder is compiled without their types. */
declare const performance: { now(): number };

/** An answer stops growing after so long, in ms, or so many bytes; the rest is asked for again. */
const ANSWER_MS = 80;
const ANSWER_BYTES = 1024 * 1024;
/** A larger event is not read: its maps would take too much memory and time. */
const MOST_EVENT_BYTES = 64 * 1024 * 1024;
/** What is kept of all runs, so that a reload or a second viewer costs no work. */
const KEPT_BYTES = 16 * 1024 * 1024;

export interface CaptureHistory {
  /**
   * Blocks of the tag's rows from `from` on, as `shared/protocol/history` describes: at least one if there is such a row,
   * and as many as can be made in a short time. Null when the run has no such column, or its
   * files were just replaced.
   * @throws Error when the run's files cannot be read
   */
  read(
    run: Run,
    tag: string,
    kind: HistoryKind,
    options: { readonly from: number; readonly findDuplicates: boolean },
  ): Promise<Uint8Array | null>;
}

/** @param summarise takes a capture's bytes away and resolves to its block of history */
export function createCaptureHistory(
  set: Pick<RunSet, 'event'>,
  summarise: (capture: HistoryCapture) => Promise<Uint8Array>,
): CaptureHistory {
  const kept = new KeptBlocks();
  // One answer at a time, so that many viewers do not take the hub's time from each other and a block is made once.
  let turn: Promise<unknown> = Promise.resolve();

  async function blockOf(
    run: Run,
    { tag }: Column,
    kind: HistoryKind,
    row: BlobRow,
    findDuplicates: boolean,
  ): Promise<Uint8Array | null> {
    const { step } = row;
    if (row.length > MOST_EVENT_BYTES) return encodeHistoryRow({ step, unreadable: true });
    const pieces = await set.event(run.id, row.file, row.offset, row.length);
    if (pieces === null) return null;
    const event = await joinedPieces(pieces);
    return summarise({ tag, kind, step, findDuplicates, event });
  }

  async function readColumn(
    run: Run,
    column: Column,
    kind: HistoryKind,
    from: number,
    findDuplicates: boolean,
  ): Promise<Uint8Array | null> {
    const blocks: Uint8Array[] = [];
    let bytes = 0;
    const began = performance.now();
    for (let number = from; number < column.rows; number++) {
      let block = kept.get(column, findDuplicates, number);
      if (block === undefined) {
        if (blocks.length > 0 && performance.now() - began > ANSWER_MS) break;
        const made = await blockOf(run, column, kind, rowOf(column, number), findDuplicates);
        if (made === null || !run.owns(column)) break;
        block = made;
        kept.set(column, findDuplicates, number, block);
      }
      blocks.push(block);
      bytes += block.length;
      if (bytes > ANSWER_BYTES) break;
    }
    return blocks.length === 0 && from < column.rows ? null : joined(blocks);
  }

  return {
    async read(run, tag, kind, { from, findDuplicates }) {
      const column = run.column(tag, kind);
      if (column === null) return null;
      const answer = turn.then(() => readColumn(run, column, kind, from, findDuplicates));
      turn = answer.catch(() => undefined);
      return answer;
    },
  };
}

function rowOf(column: Column, number: number): BlobRow {
  const bytes = column.bytes(number, number + 1);
  return readBlobRow(new DataView(bytes.buffer, bytes.byteOffset, BLOB_ROW_BYTES), 0);
}

/** Blocks by column and row. Columns that were not used for longest are dropped beyond KEPT_BYTES. */
class KeptBlocks {
  readonly #columns = new Map<Column, { blocks: Map<string, Uint8Array>; bytes: number }>();
  #bytes = 0;

  get(column: Column, findDuplicates: boolean, row: number): Uint8Array | undefined {
    const entry = this.#columns.get(column);
    if (entry === undefined) return undefined;
    this.#columns.delete(column);
    this.#columns.set(column, entry);
    return entry.blocks.get(keyOf(findDuplicates, row));
  }

  set(column: Column, findDuplicates: boolean, row: number, block: Uint8Array): void {
    let entry = this.#columns.get(column);
    if (entry === undefined) {
      entry = { blocks: new Map(), bytes: 0 };
      this.#columns.set(column, entry);
    }
    const key = keyOf(findDuplicates, row);
    if (entry.blocks.has(key)) return;
    for (const [oldest, { bytes }] of this.#columns) {
      if (this.#bytes + block.length <= KEPT_BYTES || oldest === column) break;
      this.#columns.delete(oldest);
      this.#bytes -= bytes;
    }
    // A single tag with more than fits keeps its first rows.
    if (this.#bytes + block.length > KEPT_BYTES) return;
    entry.blocks.set(key, block);
    entry.bytes += block.length;
    this.#bytes += block.length;
  }
}

function keyOf(findDuplicates: boolean, row: number): string {
  return `${findDuplicates ? 'd' : ''}${row}`;
}
