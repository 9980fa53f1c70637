import type { XAxis } from '../../protocol/series.js';
import { liveRanges } from './live-ranges.js';
import { numberAt, replacedRows, type Scalars } from './scalars.js';

/** Rows that are looked at before other work may run. */
export const ROWS_AT_ONCE = 8192;

/** What is known of x over the rows of a column that were not replaced. */
export interface AxisFacts {
  /** Infinite and −infinite without points. */
  readonly lowest: number;
  readonly highest: number;
  /** Whether x never falls from one row to the next, and is finite. */
  readonly isSorted: boolean;
}

interface WallFacts extends AxisFacts {
  readonly last: number;
}

const NOTHING: WallFacts = {
  lowest: Number.POSITIVE_INFINITY,
  highest: Number.NEGATIVE_INFINITY,
  isSorted: true,
  last: Number.NEGATIVE_INFINITY,
};

interface Known {
  readonly rows: number;
  readonly replaced: number;
  readonly facts: WallFacts;
}

/** By column. */
const known = new WeakMap<object, Known>();

/** `wall` stands for relative time as well: those that use it subtract where it begins. */
export function* axisFacts(scalars: Scalars, x: XAxis): Generator<void, AxisFacts> {
  return x === 'step' ? stepFacts(scalars) : yield* wallFacts(scalars);
}

/** The steps of rows that were not replaced ascend. */
function stepFacts(scalars: Scalars): AxisFacts {
  const { replaced, rows } = scalars;
  const first = replaced[0] === 0 ? replaced[1]! : 0;
  const end = replaced.at(-1) === rows ? replaced.at(-2)! : rows;
  if (first >= end) return NOTHING;
  const [lowest, highest] = [numberAt(scalars, 'step', first), numberAt(scalars, 'step', end - 1)];
  return { lowest, highest, isSorted: true };
}

/** Reads only the rows that have been added since the last call, unless some were replaced meanwhile. */
function* wallFacts(scalars: Scalars): Generator<void, WallFacts> {
  const { column, rows } = scalars;
  const replaced = replacedRows(scalars);
  const before = known.get(column);
  const isUseful = before !== undefined && before.replaced === replaced && before.rows <= rows;
  let facts = isUseful ? before.facts : NOTHING;
  for (const { from, to } of liveRanges(scalars, isUseful ? before.rows : 0, rows, ROWS_AT_ONCE)) {
    facts = withTimes(facts, scalars.read(from, to).wallTimes);
    yield;
  }
  known.set(column, { rows, replaced, facts });
  return facts;
}

function withTimes({ lowest, highest, isSorted, last }: WallFacts, times: Float64Array): WallFacts {
  for (const time of times) {
    // A log may hold any double as a wall time. What is not a finite number has no place on the axis.
    if (time - time !== 0) {
      isSorted = false;
      continue;
    }
    if (time < last) isSorted = false;
    if (time < lowest) lowest = time;
    if (time > highest) highest = time;
    last = time;
  }
  return { lowest, highest, isSorted, last };
}
