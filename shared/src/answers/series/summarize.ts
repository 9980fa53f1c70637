import { API_VERSION } from '../../protocol/addresses.js';
import type { SeriesSummary, SummariesAnswer, SummaryPoint } from '../../protocol/summaries.js';
import type { AskedSeries } from './asked-series.js';
import { ROWS_AT_ONCE } from './axis-facts.js';
import { liveRanges } from './live-ranges.js';
import { replacedRows, type Scalars } from './scalars.js';

/** What is known of the rows of a column, as far as they have been looked at. */
interface Facts {
  readonly rows: number;
  /** How many rows had been replaced by then. */
  readonly replaced: number;
  readonly points: number;
  readonly nonFinite: number;
  /** Rows; −1 if there is none. */
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly lowest: number;
  readonly highest: number;
}

const NOTHING = {
  ...{ rows: 0, replaced: 0, points: 0, nonFinite: 0, last: -1, min: -1, max: -1 },
  lowest: Number.POSITIVE_INFINITY,
  highest: Number.NEGATIVE_INFINITY,
};

/** By column. */
const known = new WeakMap<object, Facts>();

/** The newest, lowest and highest value of every series. */
export async function summarize(asked: AskedSeries): Promise<SummariesAnswer> {
  const summaries: SeriesSummary[] = [];
  for (const one of asked.series) {
    const open = asked.open(one);
    if (open) {
      const facts = await asked.budget.do(factsOf(open.scalars));
      const { last, min, max, points, nonFinite } = facts;
      if (last >= 0)
        summaries.push({
          ...{ run: one.run, tag: one.tag, points },
          ...(nonFinite > 0 ? { nonFinite } : {}),
          last: pointAt(open.scalars, last),
          ...(min >= 0 ? { min: pointAt(open.scalars, min), max: pointAt(open.scalars, max) } : {}),
        });
    }
    await asked.budget.rest();
  }
  const { runs, tags } = asked;
  return { version: API_VERSION, runs, tags, summaries, refused: asked.refused() };
}

/** Reads only the rows that have been added since the last call, unless some were replaced meanwhile. */
function* factsOf(scalars: Scalars): Generator<void, Facts> {
  const { column, rows } = scalars;
  const replaced = replacedRows(scalars);
  const before = known.get(column);
  const isUseful = before !== undefined && before.replaced === replaced && before.rows <= rows;
  const facts = { ...(isUseful ? before : NOTHING), rows, replaced };
  const values = new Float64Array(Math.min(rows, ROWS_AT_ONCE));
  for (const { from, to } of liveRanges(scalars, isUseful ? before.rows : 0, rows, ROWS_AT_ONCE)) {
    scalars.readPart('value', from, to, values);
    for (let at = 0; at < to - from; at++) {
      const value = values[at]!;
      // Neither NaN nor infinite.
      if (value - value !== 0) facts.nonFinite++;
      else {
        if (value < facts.lowest) [facts.lowest, facts.min] = [value, from + at];
        if (value > facts.highest) [facts.highest, facts.max] = [value, from + at];
      }
    }
    facts.points += to - from;
    facts.last = to - 1;
    yield;
  }
  known.set(column, facts);
  return facts;
}

function pointAt(scalars: Scalars, row: number): SummaryPoint {
  const { steps, wallTimes, values } = scalars.read(row, row + 1);
  return { step: steps[0]!, wallTime: jsonNumber(wallTimes[0]!), value: jsonNumber(values[0]!) };
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
