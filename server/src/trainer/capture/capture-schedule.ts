/** When to capture: every N steps, never, or as often as a share of the training time allows. */

/**
 * Captures may take this fraction of the training time. Writing, sending and drawing them costs memory bandwidth and
 * sometimes a core as well; with this share, images/s stays ≥ 0.95 of training without captures.
 */
export const CAPTURE_SHARE = 0.03;
/** Bytes that captures may add to the log per epoch. */
export const CAPTURE_BYTES_PER_EPOCH = 36 * 1024 * 1024;
const LEAST_EVERY = 10;
/** Round numbers of steps between captures. */
const PLEASANT = [10, 12, 15, 20, 25, 30, 40, 50, 60, 75];

export interface CaptureScheduleOptions {
  readonly every: number | 'auto';
  readonly stepsPerEpoch: number;
  /** Estimated bytes that one capture adds to the log. */
  readonly captureBytes: number;
}

export interface CaptureSchedule {
  isDue(step: number): boolean;
  /** Current number of steps between captures; 0 for none. */
  every(): number;
  /** Reports how long a step took, without captures. */
  stepTook(milliseconds: number): void;
  /**
   * Reports what the capture at `step` cost, including the work of the writer's thread. `stretch` is how many times
   * further apart captures should be because of the log's size limit.
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
      // The first capture runs code that is not compiled yet and takes far longer than later ones.
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

/** The smallest round number ≥ value: 10, 12, … 75, then the same times 10, 100, … */
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
