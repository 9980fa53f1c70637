/** How far a metric goes with a hyperparameter. */
import type { Column } from './columns.js';
import type { Row } from './rows.js';
import type { Method } from './view.js';

export interface Correlation {
  /** From −1 to 1; undefined if fewer than 3 pairs are known, or one side is the same in all of them. */
  readonly value: number | undefined;
  /** How many pairs it is computed of. */
  readonly n: number;
}

/** A side of a correlation: a number for each row. */
export interface Measure {
  readonly id: string;
  /** `optimizer = adam` counts 1 where that holds and 0 where not. */
  readonly title: string;
  readonly of: (row: Row) => number | undefined;
}

/** With more values than these, a text is more of a name than a choice. */
const MOST_TEXTS = 8;

/** The measures of a column: its number, or for each of its texts whether a row has it. */
export function measuresOf(column: Column, rows: readonly Row[], isLog: boolean): readonly Measure[] {
  const { id, title, type } = column;
  if (type === 'number') {
    const of = (row: Row) => finite(row.values.get(id), isLog);
    return [{ id, title: isLog ? `log ${title}` : title, of }];
  }
  const texts = [...new Set(rows.flatMap((row) => row.values.get(id) ?? []))].map(String).sort();
  if (texts.length < 2 || texts.length > MOST_TEXTS) return [];
  // Of two values, one says it all.
  const told = texts.length === 2 ? texts.slice(1) : texts;
  return told.map((text) => ({
    id: `${id}=${text}`,
    title: `${title} = ${text}`,
    of: (row) => {
      const value = row.values.get(id);
      return value === undefined ? undefined : Number(String(value) === text);
    },
  }));
}

function finite(value: number | string | undefined, isLog: boolean): number | undefined {
  if (typeof value !== 'number') return undefined;
  const number = isLog ? Math.log10(value) : value;
  return Number.isFinite(number) ? number : undefined;
}

export function correlate(rows: readonly Row[], a: Measure, b: Measure, method: Method): Correlation {
  const pairs = rows.flatMap((row) => {
    const [x, y] = [a.of(row), b.of(row)];
    return x === undefined || y === undefined ? [] : [[x, y] as const];
  });
  const xs = pairs.map(([x]) => x);
  const ys = pairs.map(([, y]) => y);
  const value =
    pairs.length < 3 ? undefined : method === 'pearson' ? pearson(xs, ys) : pearson(ranksOf(xs), ranksOf(ys));
  return { value, n: pairs.length };
}

/** Undefined if all numbers of a side are the same. */
function pearson(xs: readonly number[], ys: readonly number[]): number | undefined {
  const [meanX, meanY] = [mean(xs), mean(ys)];
  let [sumXY, sumXX, sumYY] = [0, 0, 0];
  for (const [at, x] of xs.entries()) {
    const [dx, dy] = [x - meanX, ys[at]! - meanY];
    sumXY += dx * dy;
    sumXX += dx * dx;
    sumYY += dy * dy;
  }
  if (!(sumXX > 0 && sumYY > 0)) return undefined;
  return Math.max(-1, Math.min(1, sumXY / Math.sqrt(sumXX * sumYY)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Ranks from 1 on; equal numbers share the mean of theirs. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}
