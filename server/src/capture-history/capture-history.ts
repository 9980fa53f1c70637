/** Reads the captures of a tag for what they say about its channels, so that a page needs no maps to judge all of them. */

import type { Column, Run } from '@convscope/shared/log-index/run.js';
import { encodeHistoryRow } from '@convscope/shared/protocol/history.js';
import { BLOB_ROW_BYTES, type BlobRow, readBlobRow } from '@convscope/shared/protocol/rows.js';
import type { Logdir } from '../logdir/logdir.js';
import { createSummariser } from './summariser.js';

/** An answer stops growing after so long, in ms, or so many bytes; the rest is asked for again. */
const ANSWER_MS = 80;
const ANSWER_BYTES = 1024 * 1024;
/** A larger event is not read: its maps would take too much of the hub's memory and time. */
const MOST_EVENT_BYTES = 64 * 1024 * 1024;
/** What is kept of all runs, so that a reload or a second viewer costs no work. */
const KEPT_BYTES = 16 * 1024 * 1024;

export type HistoryKind = 'channels' | 'tensor';

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
  close(): Promise<void>;
}

/** @param log receives sentences for the terminal */
export function createCaptureHistory(
  logdir: Pick<Logdir, 'event'>,
  log: (sentence: string) => void,
): CaptureHistory {
  const kept = new KeptBlocks();
  const summariser = createSummariser(log);
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
    const pieces = await logdir.event(run.id, row.file, row.offset, row.length);
    if (pieces === null) return null;
    const event = await joined(pieces, row.length);
    return summariser.summarise({ tag, kind, step, findDuplicates, event });
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
    return blocks.length === 0 && from < column.rows ? null : Buffer.concat(blocks, bytes);
  }

  return {
    async read(run, tag, kind, { from, findDuplicates }) {
      const column = run.column(tag, kind);
      if (column === null) return null;
      const answer = turn.then(() => readColumn(run, column, kind, from, findDuplicates));
      turn = answer.catch(() => undefined);
      return answer;
    },
    close: summariser.close,
  };
}

function rowOf(column: Column, number: number): BlobRow {
  const bytes = column.bytes(number, number + 1);
  return readBlobRow(new DataView(bytes.buffer, bytes.byteOffset, BLOB_ROW_BYTES), 0);
}

async function joined(pieces: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(length);
  let at = 0;
  for await (const piece of pieces) {
    data.set(piece, at);
    at += piece.length;
  }
  return data;
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
