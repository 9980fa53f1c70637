import { BLOCK_ROWS, type BlockReader } from '../../log-index/scalar-blocks.js';
import type { KeyPoints, PixelColumns } from './pixel-columns.js';

/** Adds blocks to pixel columns, in order of x. What it knows of the newest column is added when the next one begins. */
export class BlockColumns implements KeyPoints {
  readonly #columns: PixelColumns;
  readonly #origin: number;
  #place = 0;
  count = 0;
  firstX = 0;
  first = 0;
  minX = 0;
  min = 0;
  maxX = 0;
  max = 0;
  lastX = 0;
  last = 0;

  /** @param origin where x begins */
  constructor(columns: PixelColumns, origin: number) {
    this.#columns = columns;
    this.#origin = origin;
  }

  /** Adds the points of a block, all of which are finite and in order of x. */
  add(block: BlockReader): void {
    const last = this.#placeOf(block, BLOCK_ROWS - 1);
    for (let from = 0; from < BLOCK_ROWS; ) {
      const place = this.#placeOf(block, from);
      const end = place === last ? BLOCK_ROWS : this.#endOf(place, block, from);
      this.#addRows(place, block, from, end);
      from = end;
    }
  }

  /** Call before anything else is added to the columns, and at the end. */
  flush(): void {
    if (this.count > 0) this.#columns.addKeyPoints(this.#place, this);
    this.count = 0;
  }

  /** Rows `from` to `end` (exclusive) of a block, all of which lie in one column. */
  #addRows(place: number, block: BlockReader, from: number, end: number): void {
    block.findExtremes(from, end);
    const { lowest, highest } = block;
    const [min, max] = [block.value(lowest), block.value(highest)];
    if (place !== this.#place || this.count === 0) {
      this.flush();
      this.#place = place;
      this.firstX = block.x(from) - this.#origin;
      this.first = block.value(from);
      this.min = Number.POSITIVE_INFINITY;
      this.max = Number.NEGATIVE_INFINITY;
    }
    if (min < this.min) {
      this.min = min;
      this.minX = block.x(lowest) - this.#origin;
    }
    if (max > this.max) {
      this.max = max;
      this.maxX = block.x(highest) - this.#origin;
    }
    this.lastX = block.x(end - 1) - this.#origin;
    this.last = block.value(end - 1);
    this.count += end - from;
  }

  #placeOf(block: BlockReader, row: number): number {
    return this.#columns.placeOf(block.x(row) - this.#origin);
  }

  /** Where the rows of a block end that lie in the column of row `from`, when its last row does not. */
  #endOf(place: number, block: BlockReader, from: number): number {
    let low = from;
    let high = BLOCK_ROWS - 1;
    // Most points lie at even distances. What is estimated wrong is searched for.
    const [begin, end] = [block.x(low), block.x(high)];
    const share = (this.#columns.endOf(place) + this.#origin - begin) / (end - begin);
    let row = Math.ceil(low + share * (high - low));
    for (let tries = 0; high - low > 1; tries++) {
      if (!(row > low && row < high)) row = (low + high) >>> 1;
      const isInside = this.#placeOf(block, row) === place;
      if (isInside) low = row;
      else high = row;
      row = tries > 1 ? (low + high) >>> 1 : isInside ? low + 1 : high - 1;
    }
    return high;
  }
}
