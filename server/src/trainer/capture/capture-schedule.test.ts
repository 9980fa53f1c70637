import { describe, expect, it } from 'vitest';
import {
  CAPTURE_BYTES_PER_EPOCH,
  CAPTURE_SHARE,
  createCaptureSchedule,
  leastPleasant,
} from './capture-schedule.js';

const small = { stepsPerEpoch: 100, captureBytes: 1000 };

/** Steps at which captures happen, given how long a step and a capture take. */
function simulate(
  options: Parameters<typeof createCaptureSchedule>[0],
  steps: number,
  step: number,
  capture: number | ((at: number) => number),
) {
  const schedule = createCaptureSchedule(options);
  const captures: number[] = [];
  let captured = 0;
  for (let at = 0; at <= steps; at++) {
    if (schedule.isDue(at)) {
      captures.push(at);
      const cost = typeof capture === 'number' ? capture : capture(at);
      schedule.captured(at, cost);
      if (at > 0) captured += cost;
    }
    schedule.stepTook(step);
  }
  return { captures, share: captured / (captured + steps * step), every: schedule.every() };
}

describe('the capture schedule', () => {
  it('captures at step 0 and then every N when N is given', () => {
    expect(simulate({ every: 30, ...small }, 100, 1, 1000).captures).toEqual([0, 30, 60, 90]);
  });

  it('never captures for 0', () => {
    expect(simulate({ every: 0, ...small }, 100, 10, 1).captures).toEqual([]);
  });

  it.each([
    { step: 100, capture: 50, every: 20 },
    { step: 100, capture: 5, every: 10 },
    { step: 5, capture: 30, every: 200 },
    { step: 2, capture: 100, every: 2000 },
  ])(
    'keeps captures within their share by itself: steps of $step ms, captures of $capture ms',
    ({ step, capture, every }) => {
      // The first capture runs code that is not compiled yet.
      const result = simulate({ every: 'auto', ...small }, 20_000, step, (at) =>
        at === 0 ? 20 * capture : capture,
      );
      expect(result.every).toBe(every);
      expect(result.share).toBeLessThanOrEqual(CAPTURE_SHARE);
      expect(result.captures.slice(0, 2)).toEqual([0, 10]);
    },
  );

  it('adapts when captures become more expensive, and ignores a single slow one', () => {
    const dearer = simulate({ every: 'auto', ...small }, 3000, 100, (at) => (at < 1000 ? 30 : 300));
    expect(dearer.every).toBe(100);
    const outlier = simulate({ every: 'auto', ...small }, 600, 100, (at) => (at === 500 ? 3000 : 30));
    expect(outlier.every).toBe(10);
  });

  it('keeps the log within its size per epoch', () => {
    const captureBytes = 1_000_000;
    const { every } = simulate({ every: 'auto', stepsPerEpoch: 782, captureBytes }, 500, 100, 1);
    expect((782 / every) * captureBytes).toBeLessThanOrEqual(CAPTURE_BYTES_PER_EPOCH);
    expect(every).toBe(25);
  });

  it('moves captures further apart when the writer asks for it, also with a fixed N', () => {
    const schedule = createCaptureSchedule({ every: 10, ...small });
    schedule.captured(0, 1, 4);
    expect([39, 40].map((step) => schedule.isDue(step))).toEqual([false, true]);
  });

  it('rounds up to round numbers', () => {
    expect([1, 10, 11, 16, 74, 76, 101, 160, 1001].map(leastPleasant)).toEqual([
      10, 10, 12, 20, 75, 100, 120, 200, 1200,
    ]);
  });
});
