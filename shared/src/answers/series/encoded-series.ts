import { encodeSeries, placeSeries } from '../../protocol/series-codec.js';
import { type Asked, type Extent, readSeries, type Shown } from './read-series.js';

/** What all kept blocks together may take: some hundred charts. */
const BYTES = 16 * 1024 * 1024;

interface Kept {
  readonly blocks: readonly Uint8Array<ArrayBuffer>[];
  readonly bytes: number;
}

/**
 * The blocks of the series that were asked for lately. A page that is loaded again, or that a second viewer opens, asks for
 * the same charts; decoding ten columns of 100,000 rows takes fifty times as long as sending what is kept of them.
 */
export class EncodedSeries {
  /** The one that was used longest ago first. */
  readonly #kept = new Map<string, Kept>();
  readonly #numbers = new WeakMap<object, number>();
  #columns = 0;
  #bytes = 0;

  /** The blocks of a series and, on request, of its branches. */
  *read(asked: Asked, shown: Shown, extent: Extent): Generator<void, Uint8Array[]> {
    const key = this.#keyOf(asked, shown, extent);
    const kept = this.#kept.get(key);
    this.#forget(key);
    const blocks = kept?.blocks ?? (yield* readSeries(asked, shown, extent)).map(encodeSeries);
    this.#keep(key, blocks);
    return blocks.map((block) => placeSeries(block, asked.run, asked.tag));
  }

  #keep(key: string, blocks: Kept['blocks']): void {
    // Another request for the same may have been quicker.
    this.#forget(key);
    const bytes = blocks.reduce((sum, block) => sum + block.length, key.length);
    this.#kept.set(key, { blocks, bytes });
    this.#bytes += bytes;
    for (const [oldest] of this.#kept) {
      if (this.#bytes <= BYTES) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }

  #keyOf({ scalars, origin }: Asked, shown: Shown, extent: Extent): string {
    const { column, rows, replaced } = scalars;
    const number = this.#numbers.get(column) ?? ++this.#columns;
    this.#numbers.set(column, number);
    const replacedRows = replaced.reduce((sum, { from, to }) => sum + to - from, 0);
    const {
      x,
      from = extent.from,
      to = extent.to,
      width,
      points,
      smoothing,
      replaced: branches,
      outline,
    } = shown;
    const part = [x, from, to, width, points, smoothing, branches, outline];
    return [number, rows, replacedRows, origin, ...part].join();
  }
}
