/** The layouts of scalars that runs have logged, merged into one, and kept up to date. */

import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { LAYOUT_TAG } from '@convscope/shared/event-log/event-fields.js';
import {
  type LayoutCategory,
  layoutOfValue,
  mergedLayouts,
  type ScalarsLayout,
} from '@convscope/shared/event-log/scalars-layout.js';
import { MalformedEventError } from '@convscope/shared/event-log/wire-reader.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { BLOB_ROW_BYTES, readBlobRow } from '@convscope/shared/protocol/rows.js';
import type { Source } from '../../sources/source.js';

/** Of more runs, layouts are not read. Runs of one program log the same. */
const MOST_RUNS = 64;
const RETRY_MS = 1000;

/** A run that has logged a layout, and how often. */
export interface LayoutRun {
  readonly run: string;
  readonly generation: number;
  readonly rows: number;
}

export interface ShownLayout {
  readonly categories: ScalarsLayout;
  /** Sentences about layouts that cannot be read. */
  readonly problems: readonly string[];
}

interface Known extends LayoutRun {
  readonly layout: readonly LayoutCategory[];
  readonly problem?: string;
}

export class LayoutReader {
  readonly #source: Pick<Source, 'indexRows' | 'event'>;
  readonly #changed: (layout: ShownLayout) => void;
  readonly #known = new Map<string, Known>();
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: Pick<Source, 'indexRows' | 'event'>, changed: (layout: ShownLayout) => void) {
    this.#source = source;
    this.#changed = changed;
  }

  /** Sets the runs that have layouts, in place of those before, and reads what is new of them. */
  async follow(all: readonly LayoutRun[]): Promise<void> {
    this.close();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const runs = [...all].sort((a, b) => (a.run < b.run ? -1 : 1)).slice(0, MOST_RUNS);
    const left = all.length - runs.length;
    const read = await Promise.all(runs.map((run) => this.#read(run, signal)));
    if (signal.aborted) return;
    // What cannot be fetched now stays as it was until it can.
    const known = runs.flatMap(({ run }, at) => read[at] ?? this.#known.get(run) ?? []);
    this.#known.clear();
    for (const one of known) this.#known.set(one.run, one);
    const problems = known.flatMap(({ problem }) => problem ?? []);
    this.#changed({
      categories: mergedLayouts(known.map(({ layout }) => layout)),
      problems: left > 0 ? [...problems, `The layouts of ${left} more runs are not read.`] : problems,
    });
    if (read.includes(undefined)) this.#timer = setTimeout(() => void this.follow(all), RETRY_MS);
  }

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  /** Undefined if it could not be fetched. */
  async #read(of: LayoutRun, signal: AbortSignal): Promise<Known | undefined> {
    const { run, generation, rows } = of;
    const before = this.#known.get(run);
    if (before?.generation === generation && before.rows === rows) return before;
    try {
      const index = await this.#source.indexRows(
        { run, generation, tag: LAYOUT_TAG, kind: 'other' },
        Math.max(0, rows - 1),
        signal,
      );
      const last = index.byteLength - BLOB_ROW_BYTES;
      if (last < 0) return undefined;
      const row = readBlobRow(new DataView(index.buffer, index.byteOffset, index.byteLength), last);
      const event = await this.#source.event(run, generation, row, signal);
      return { ...of, ...layoutIn(event, run) };
    } catch (error) {
      // It is fetched again; other parts of the page say that the hub does not answer.
      if (!signal.aborted) console.warn(`The layout of ${run} cannot be fetched:`, messageOf(error));
      return undefined;
    }
  }
}

function layoutIn(event: Uint8Array, run: string): Pick<Known, 'layout' | 'problem'> {
  try {
    const value = decodeEvent(event).values.find(({ tag }) => tag === LAYOUT_TAG);
    const record = value?.toRecord();
    if (record?.kind !== 'other') throw new MalformedEventError('The event holds no layout.');
    return { layout: layoutOfValue(record.content) };
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    return { layout: [], problem: `The layout of ${run} cannot be read: ${error.message}` };
  }
}
