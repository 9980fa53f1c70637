/** Reads the captures of a tag for what they say about its channels, so that a page needs no maps to judge all of them. */

import { joined, joinedPieces } from '../joined.js';
import type { Column, Run, RunSet } from '../log-index/run.js';
import { encodeHistoryRow, type HistoryQuestion } from '../protocol/history.js';
import type { AnswerPart } from '../protocol/parts.js';
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
   * Of each question the blocks of the tag's rows from `from` on, as `shared/protocol/history` describes: at least one of the
   * first that has such a row, and as many of all as can be made in a short time. 'not there' when the run has no such
   * column, or its files were just replaced.
   * @throws Error when the run's files cannot be read
   */
  read(run: Run, questions: readonly HistoryQuestion[]): Promise<AnswerPart[]>;
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

  async function readOne(
    run: Run,
    { tag, kind, from, findDuplicates }: HistoryQuestion,
    budget: AnswerBudget,
  ): Promise<AnswerPart> {
    if (!isHistoryKind(kind)) return 'not there';
    const column = run.column(tag, kind);
    if (column === null) return 'not there';
    const blocks: Uint8Array[] = [];
    for (let number = from; number < column.rows; number++) {
      let block = kept.get(column, findDuplicates, number);
      if (budget.isFull || (block === undefined && budget.isLate))
        return blocks.length === 0 ? 'later' : joined(blocks);
      if (block === undefined) {
        const made = await blockOf(run, column, kind, rowOf(column, number), findDuplicates);
        budget.tried();
        if (made === null || !run.owns(column)) return blocks.length === 0 ? 'not there' : joined(blocks);
        block = made;
        kept.set(column, findDuplicates, number, block);
      }
      blocks.push(block);
      budget.take(block.length);
    }
    return joined(blocks);
  }

  async function readAll(run: Run, questions: readonly HistoryQuestion[]): Promise<AnswerPart[]> {
    const budget = new AnswerBudget();
    const parts: AnswerPart[] = [];
    for (const question of questions) parts.push(await readOne(run, question, budget));
    return parts;
  }

  return {
    async read(run, questions) {
      const answer = turn.then(() => readAll(run, questions));
      turn = answer.catch(() => undefined);
      return answer;
    },
  };
}

function isHistoryKind(kind: string): kind is HistoryKind {
  return kind === 'channels' || kind === 'tensor';
}

/** What an answer may still take. There is time for one block in any case. */
class AnswerBudget {
  readonly #began = performance.now();
  #bytes = 0;
  #hasTried = false;

  get isFull(): boolean {
    return this.#bytes > ANSWER_BYTES;
  }

  get isLate(): boolean {
    return this.#hasTried && performance.now() - this.#began > ANSWER_MS;
  }

  /** A block was read, or could not be. */
  tried(): void {
    this.#hasTried = true;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }
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
