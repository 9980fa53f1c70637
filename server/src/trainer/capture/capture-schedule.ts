/** When to capture: fixed, never, or as often as a share of the training time allows. */

/**
 * Captures may take this fraction of the training time. What follows each (the log, the hub, the page) costs memory
 * bandwidth and now and then a core as well: images/s stays ≥ 0.95 of no capture.
 */
export const CAPTURE_SHARE = 0.03;
/** What captures may add to the log in an epoch. */
export const CAPTURE_BYTES_PER_EPOCH = 36 * 1024 * 1024;
const LEAST_EVERY = 10;
/** Steps between captures that people can count in. */
const PLEASANT = [10, 12, 15, 20, 25, 30, 40, 50, 60, 75];

export interface CaptureScheduleOptions {
  readonly every: number | 'auto';
  readonly stepsPerEpoch: number;
  /** Estimate of what one capture adds to the log. */
  readonly captureBytes: number;
}

export interface CaptureSchedule {
  isDue(step: number): boolean;
  /** Steps between captures as things stand; 0 for none. */
  every(): number;
  /** A step took this long, without captures. */
  stepTook(milliseconds: number): void;
  /**
   * The capture at `step` cost training this long, the work of the writer's thread on its maps included.
   * `stretch` is how many times further apart the log's size limit wants captures.
   */
  captured(step: number, milliseconds: number, stretch?: number): void;
}

export function createCaptureSchedule(options: CaptureScheduleOptions): CaptureSchedule {
  const { every: wanted, stepsPerEpoch, captureBytes } = options;
  const steps: number[] = [];
  const captures: number[] = [];
  const bySize = leastPleasant((stepsPerEpoch * captureBytes) / CAPTURE_BYTES_PER_EPOCH);
  let chosen = wanted === 'auto' ? Math.max(LEAST_EVERY, bySize) : wanted;
  let every = chosen;
  let count = 0;
  let next = 0;
  return {
    isDue: (step) => every > 0 && step >= next,
    every: () => every,
    stepTook: (milliseconds) => remember(steps, milliseconds, 51),
    captured(step, milliseconds, stretch = 1) {
      // The first one meets code that is not yet compiled: it would say far too much.
      if (count++ > 0) remember(captures, milliseconds, 5);
      if (wanted === 'auto' && captures.length > 0 && steps.length > 0) {
        const affordable = median(captures) / (CAPTURE_SHARE * median(steps));
        chosen = Math.max(LEAST_EVERY, bySize, leastPleasant(affordable));
      }
      every = chosen * stretch;
      next = step + every;
    },
  };
}

/** The smallest pleasant number ≥ value: 10, 12, … 75, then the same times 10, 100, … */
export function leastPleasant(value: number): number {
  for (let scale = 1; ; scale *= 10) {
    for (const number of PLEASANT) if (number * scale >= value) return number * scale;
  }
}

function remember(values: number[], value: number, most: number): void {
  values.push(value);
  if (values.length > most) values.shift();
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
