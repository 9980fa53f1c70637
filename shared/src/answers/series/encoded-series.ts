import { encodeSeries, placeSeries } from '../../protocol/series-codec.js';
import { newestBranches, onlyRows } from './branches.js';
import { type AddBlocks, type Asked, type Extent, readSeries, type Shown } from './read-series.js';
import { replacedRows } from './scalars.js';

/** What all kept blocks together may take: some hundred charts. */
const BYTES = 16 * 1024 * 1024;
/** What a block takes in memory beside its bytes. */
const BLOCK_BYTES = 256;

interface Encoded {
  readonly blocks: readonly Uint8Array<ArrayBuffer>[];
  /** Older branches for which an answer has no room. */
  readonly leftOut: number;
}

interface Kept extends Encoded {
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
  readonly #addBlocks: AddBlocks | undefined;
  #columns = 0;
  #bytes = 0;

  constructor(addBlocks?: AddBlocks) {
    this.#addBlocks = addBlocks;
  }

  /** The blocks of a series and, on request, of its newest branches. */
  *read(asked: Asked, shown: Shown, extent: Extent): Generator<void, Encoded> {
    const key = this.#keyOf(asked, shown, extent);
    const kept = this.#kept.get(key);
    this.#forget(key);
    const encoded = kept ?? (yield* encodeAll(asked, shown, extent, this.#addBlocks));
    this.#keep(key, encoded);
    const { blocks, leftOut } = encoded;
    return { blocks: blocks.map((block) => placeSeries(block, asked.run, asked.tag)), leftOut };
  }

  #keep(key: string, { blocks, leftOut }: Encoded): void {
    // Another request for the same may have been quicker.
    this.#forget(key);
    const bytes = blocks.reduce((sum, block) => sum + block.length + BLOCK_BYTES, key.length);
    this.#kept.set(key, { blocks, leftOut, bytes });
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
    const { column, rows } = scalars;
    const number = this.#numbers.get(column) ?? ++this.#columns;
    this.#numbers.set(column, number);
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
    return [number, rows, replacedRows(scalars), origin, ...part].join();
  }
}

function* encodeAll(
  asked: Asked,
  shown: Shown,
  extent: Extent,
  addBlocks: AddBlocks | undefined,
): Generator<void, Encoded> {
  const blocks = [encodeSeries(yield* readSeries(asked, shown, extent, 0, addBlocks))];
  if (!shown.replaced) return { blocks, leftOut: 0 };
  const { scalars } = asked;
  const { ranges, leftOut } = yield* newestBranches(scalars, shown);
  for (const [at, range] of ranges.entries()) {
    const branch = { ...asked, scalars: onlyRows(scalars, range) };
    blocks.push(encodeSeries(yield* readSeries(branch, shown, extent, leftOut + at + 1, addBlocks)));
    yield;
  }
  return { blocks, leftOut };
}
