/** Where the values of a column lie on an axis: from 0 at its lower end to 1 at its upper one. */

import { ticksIn } from '../../charts/axis.js';
import { shortText, tickTexts } from '../../charts/tick-text.js';
import { compareNames } from '../../ui/compare-names.js';
import type { Column, Value } from './columns.js';
import type { Row } from './rows.js';

export interface AxisTick {
  /** From 0 to 1. */
  readonly at: number;
  readonly text: string;
}

export interface AxisScale {
  /** Undefined for a value that has no place: NaN, an infinity, or a logarithm of what is not positive. */
  readonly placeOf: (value: Value) => number | undefined;
  readonly ticks: readonly AxisTick[];
  /** The numbers at the ends; undefined for an axis of texts. */
  readonly numberAt: ((place: number) => number) | undefined;
  /** The texts in the order of their places, on an axis of texts. */
  readonly texts: readonly string[] | undefined;
}

export function scaleOf(column: Column, rows: readonly Row[], isLog: boolean): AxisScale {
  const values = rows.flatMap((row) => row.values.get(column.id) ?? []);
  return column.type === 'text' ? textScale(values) : numberScale(values, isLog);
}

function textScale(values: readonly Value[]): AxisScale {
  const texts = [...new Set(values.map(String))].sort(compareNames);
  const placeAt = (at: number) => (texts.length < 2 ? 0.5 : at / (texts.length - 1));
  const places = new Map(texts.map((text, at) => [text, placeAt(at)]));
  return {
    placeOf: (value) => places.get(String(value)),
    ticks: texts.map((text, at) => ({ at: placeAt(at), text })),
    numberAt: undefined,
    texts,
  };
}

function numberScale(values: readonly Value[], isLog: boolean): AxisScale {
  const forward = (value: number) => (isLog ? Math.log10(value) : value);
  const numbers = values.map((value) => forward(Number(value))).filter(Number.isFinite);
  let [lo, hi] = numbers.length === 0 ? [0, 1] : [Math.min(...numbers), Math.max(...numbers)];
  if (lo === hi) {
    const room = isLog ? 0.5 : Math.abs(lo) / 2 || 0.5;
    [lo, hi] = [lo - room, hi + room];
  }
  const placed = values.map(Number).filter((value) => Number.isFinite(forward(value)));
  const backward = (place: number) => {
    // The ends exactly, which the logarithm and back is not.
    if (place <= 0 && placed.length > 0) return Math.min(...placed);
    if (place >= 1 && placed.length > 0) return Math.max(...placed);
    const value = lo + place * (hi - lo);
    return isLog ? 10 ** value : value;
  };
  return {
    placeOf: (value) => {
      const place = (forward(Number(value)) - lo) / (hi - lo);
      return Number.isFinite(place) ? place : undefined;
    },
    ticks: isLog ? logTicks(lo, hi) : linearTicks(lo, hi),
    numberAt: backward,
    texts: undefined,
  };
}

function linearTicks(lo: number, hi: number): readonly AxisTick[] {
  const ticks = ticksIn(lo, hi, 5);
  const texts = tickTexts(ticks);
  return ticks.map((tick, at) => ({ at: (tick - lo) / (hi - lo), text: texts[at]! }));
}

/** Powers of ten, with 2 and 5 of each where few powers lie on the axis. */
function logTicks(lo: number, hi: number): readonly AxisTick[] {
  const powers = hi - lo;
  const factors = powers > 3 ? [1] : powers > 1.2 ? [1, 3] : [1, 2, 5];
  const every = Math.max(1, Math.ceil(powers / 6));
  const ticks: AxisTick[] = [];
  for (let power = Math.floor(lo); power <= hi; power++) {
    if (power % every !== 0) continue;
    for (const factor of factors) {
      const at = (power + Math.log10(factor) - lo) / powers;
      if (at >= -1e-9 && at <= 1 + 1e-9) ticks.push({ at, text: shortText(factor * 10 ** power) });
    }
  }
  return ticks;
}
