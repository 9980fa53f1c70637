/** What a capture costs, as far as earlier ones tell, and the budget that captures keep to. */

/** By how much captures may slow training down, in percent of the training time. */
export const CAPTURE_BUDGET = { usual: 5, least: 0.1, most: 50 } as const;
/**
 * The part of the budget that captures and the work of the writer's thread may use. The rest is for what the trainer cannot
 * measure: sending, the hub and the browser take memory bandwidth and sometimes a core. With the usual budget, images/s
 * stays ≥ 0.95 of training without captures.
 */
export const MEASURED_PART = 0.6;

/** Milliseconds of the newest captures, by what they were spent on. Null where nothing has been measured yet. */
export interface CaptureCost {
  /** A step of training without captures. */
  readonly step: number | null;
  /** The forward pass over the pictures, and the kernels. */
  readonly base: number | null;
  /** Reading the maps of a layer and, by the writer's thread, encoding them. */
  readonly layers: Readonly<Record<string, number>>;
  /** The backward pass, if gradients were captured. */
  readonly gradients: number | null;
}

export interface CaptureChoice {
  /** Null for all layers. */
  readonly layers: readonly string[] | null;
  readonly gradients: boolean;
}

/** What a capture adds to the log, about, in bytes. */
export interface CaptureSize {
  /** Whatever is chosen. */
  readonly base: number;
  /** The maps and kernels of a layer. */
  readonly layers: Readonly<Record<string, number>>;
  /** The maps of a layer's gradients. */
  readonly gradients: Readonly<Record<string, number>>;
}

/** By layer, the layers that are captured along with it, because the maps of its input are computed from theirs. */
export type LayersAlong = Readonly<Record<string, readonly string[]>>;

/** The choice with all layers that it captures. */
export function withLayersAlong<T extends CaptureChoice>(choice: T, along: LayersAlong): T {
  const { layers } = choice;
  if (layers === null) return choice;
  return { ...choice, layers: [...new Set(layers.flatMap((name) => [name, ...(along[name] ?? [])]))] };
}

/** @param choice with all layers that it captures, here as below */
export function captureBytes(size: CaptureSize, { layers, gradients }: CaptureChoice): number {
  let sum = size.base;
  for (const name of layers ?? Object.keys(size.layers))
    sum += (size.layers[name] ?? 0) + (gradients ? (size.gradients[name] ?? 0) : 0);
  return sum;
}

/** Estimated milliseconds of a capture; undefined while a part of it has never been measured. */
export function estimateCapture(cost: CaptureCost, { layers, gradients }: CaptureChoice): number | undefined {
  if (cost.base === null || (gradients && cost.gradients === null)) return undefined;
  const names = layers ?? Object.keys(cost.layers);
  let sum = cost.base + (gradients ? (cost.gradients ?? 0) : 0);
  for (const name of names) {
    const one = cost.layers[name];
    if (one === undefined) return undefined;
    sum += one;
  }
  return sum;
}

/** The fraction of the training time that captures of `milliseconds` every `every` steps take. */
export function captureShare(milliseconds: number, every: number, step: number): number {
  return milliseconds / (milliseconds + every * step);
}

/** Bytes that captures by the budget may add to the log per epoch. */
export const CAPTURE_BYTES_PER_EPOCH = 36 * 1024 * 1024;
/** Captures by the budget alone are at least so many steps apart. */
export const LEAST_EVERY = 10;
/** Round numbers of steps between captures. */
const PLEASANT = [10, 12, 15, 20, 25, 30, 40, 50, 60, 75];

/** The smallest round number ≥ value: 10, 12, … 75, then the same times 10, 100, … Infinity if there is none. */
export function leastPleasant(value: number): number {
  for (let scale = 1; scale < Number.POSITIVE_INFINITY; scale *= 10) {
    for (const number of PLEASANT) if (number * scale >= value) return number * scale;
  }
  return Number.POSITIVE_INFINITY;
}

/** Steps between captures of so many bytes, so that they add no more than `CAPTURE_BYTES_PER_EPOCH`. */
export function everyBySize(bytes: number, stepsPerEpoch: number): number {
  return leastPleasant((stepsPerEpoch * bytes) / CAPTURE_BYTES_PER_EPOCH);
}

/** Why captures are further apart than their cost and the budget ask for. */
export interface CaptureSpacing {
  /** Steps between captures by cost and budget alone. */
  readonly asked: number;
  /**
   * `paying-back`: what early and asked-for captures cost beyond the budget. `log-size`: captures may add so many bytes per
   * epoch. `log-limit`: the log approaches its limit. `log-full`: it has reached it, and nothing is captured.
   */
  readonly why: 'paying-back' | 'log-size' | 'log-limit' | 'log-full';
  /** The step about which they will be `asked` apart again; null if it is not known. */
  readonly until: number | null;
}
