/** What captures cost, part by part: the median of the newest ones. */
import type { CaptureCost } from '@convscope/shared/capture-cost.js';
import { median } from './capture-schedule.js';

/** Milliseconds of one capture. */
export interface CaptureTimes {
  readonly total: number;
  /** Reading the maps of each layer. */
  readonly layers: ReadonlyMap<string, number>;
  /** The backward pass and its maps; absent if there were none. */
  readonly gradients?: number;
  /** How many values the writer's thread was given, by layer. */
  readonly values: ReadonlyMap<string, number>;
}

const REMEMBERED = 5;

export interface CostMeter {
  /** @param writing what the writer's thread has worked for the capture, in milliseconds */
  add(times: CaptureTimes, writing: number): void;
  cost(step: number | undefined): CaptureCost;
}

export function createCostMeter(): CostMeter {
  const base: number[] = [];
  const gradients: number[] = [];
  const layers = new Map<string, number[]>();
  let captures = 0;
  const note = (list: number[], value: number) => {
    // The first capture runs code that is not compiled yet.
    if (captures === 1) list.length = 0;
    list.push(Math.max(0, value));
    if (list.length > REMEMBERED) list.shift();
  };
  return {
    add(times, writing) {
      let rest = times.total - (times.gradients ?? 0);
      let written = 0;
      for (const values of times.values.values()) written += values;
      for (const [layer, milliseconds] of times.layers) {
        rest -= milliseconds;
        const part = written === 0 ? 0 : (writing * (times.values.get(layer) ?? 0)) / written;
        const list = layers.get(layer) ?? [];
        layers.set(layer, list);
        note(list, milliseconds + part);
      }
      note(base, rest);
      if (times.gradients !== undefined) note(gradients, times.gradients);
      captures++;
    },
    cost: (step) => ({
      step: step ?? null,
      base: base.length === 0 ? null : median(base),
      layers: Object.fromEntries([...layers].map(([layer, list]) => [layer, median(list)])),
      gradients: gradients.length === 0 ? null : median(gradients),
    }),
  };
}
