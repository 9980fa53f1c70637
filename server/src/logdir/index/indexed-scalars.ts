import { SCALAR_ROW_BYTES, writeScalarRow } from '@convscope/shared/protocol/rows.js';
import { RowColumn } from './row-column.js';
import type { RowMemory } from './row-memory.js';

/** Consecutive rows of a column of scalars, one array for each part. */
export interface ScalarRows {
  /** The steps, as the nearest doubles. */
  readonly steps: Float64Array;
  /** Seconds since the epoch. */
  readonly wallTimes: Float64Array;
  readonly values: Float64Array;
}

/** The scalars of one tag. */
export class IndexedScalars extends RowColumn<'scalar'> {
  /** Whether a value is stored that float32 cannot represent. */
  readonly wide = false;

  constructor(tag: string, memory: RowMemory) {
    super(tag, 'scalar', SCALAR_ROW_BYTES, memory);
  }

  append(step: number, wallTime: number, value: number): void {
    const place = this.addRow();
    writeScalarRow(this.view, place, step, wallTime, value);
  }

  value(row: number): number {
    return this.view.getFloat32(this.placeOf(row) + 16, true);
  }

  /** Rows [from, to), as copies. */
  read(from: number, to: number): ScalarRows {
    const end = Math.min(to, this.rows);
    const count = Math.max(0, end - from);
    const steps = new Float64Array(count);
    const wallTimes = new Float64Array(count);
    const values = new Float64Array(count);
    const { view } = this;
    for (let at = 0; at < count; at++) {
      const place = this.placeOf(from + at);
      steps[at] = view.getFloat64(place, true);
      wallTimes[at] = view.getFloat64(place + 8, true);
      values[at] = view.getFloat32(place + 16, true);
    }
    return { steps, wallTimes, values };
  }
}
