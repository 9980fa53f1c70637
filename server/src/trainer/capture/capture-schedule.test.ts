import {
  CAPTURE_BUDGET,
  CAPTURE_BYTES_PER_EPOCH,
  leastPleasant,
  MEASURED_PART,
} from '@convscope/shared/capture-cost.js';
import { parseCaptureSteps } from '@convscope/shared/capture-steps.js';
import { describe, expect, it } from 'vitest';
import { type CaptureSettings, createCaptureSchedule } from './capture-schedule.js';

/** What captures may take of the training time with the usual budget. */
const SHARE = (CAPTURE_BUDGET.usual / 100) * MEASURED_PART;

interface Plan {
  readonly every: number | 'auto';
  readonly at?: string;
  readonly budget?: number;
  readonly captureBytes?: number;
  readonly stepsPerEpoch?: number;
}

function settingsOf({
  every,
  at = '',
  budget = CAPTURE_BUDGET.usual,
  captureBytes = 1000,
}: Plan): CaptureSettings {
  const parsed = parseCaptureSteps(at);
  if ('error' in parsed) throw new Error(parsed.error);
  return { every, at: parsed.steps, budget, paused: false, captureBytes };
}

function scheduleOf(plan: Plan, totalSteps: number) {
  return createCaptureSchedule({
    settings: settingsOf(plan),
    stepsPerEpoch: plan.stepsPerEpoch ?? 100,
    totalSteps,
  });
}

/** Steps at which captures happen, given how long a step and a capture take. */
function simulate(plan: Plan, steps: number, step: number, capture: number | ((at: number) => number)) {
  const schedule = scheduleOf(plan, steps);
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
  it('knows no share of the training time while only the first capture was made, whose cost does not count', () => {
    const schedule = scheduleOf({ every: 10 }, 100);
    schedule.captured(0, 500);
    schedule.stepTook(90);
    expect(schedule.share()).toBeUndefined();
    schedule.captured(1, 10);
    expect(schedule.share()).toBe(0.1);
  });

  it('captures at step 0 and then every N when N is given', () => {
    expect(simulate({ every: 30 }, 100, 1, 1000).captures).toEqual([0, 30, 60, 90]);
  });

  it('never captures for 0', () => {
    expect(simulate({ every: 0 }, 100, 10, 1).captures).toEqual([]);
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
      const result = simulate({ every: 'auto' }, 20_000, step, (at) => (at === 0 ? 20 * capture : capture));
      expect(result.every).toBe(every);
      expect(result.share).toBeLessThanOrEqual(SHARE);
      expect(result.captures[0]).toBe(0);
    },
  );

  it('adapts when captures become more expensive, and pays a single slow one back', () => {
    const dearer = simulate({ every: 'auto' }, 6000, 100, (at) => (at < 1000 ? 30 : 300));
    expect(dearer.every).toBe(100);
    expect(dearer.share).toBeLessThanOrEqual(1.1 * SHARE);
    const outlier = (steps: number) =>
      simulate({ every: 'auto' }, steps, 100, (at) => (at === 500 ? 3000 : 30)).every;
    expect([outlier(600), outlier(4000)]).toEqual([20, 10]);
  });

  it('keeps the log within its size per epoch', () => {
    const captureBytes = 1_000_000;
    const { every } = simulate({ every: 'auto', stepsPerEpoch: 782, captureBytes }, 500, 100, 1);
    expect((782 / every) * captureBytes).toBeLessThanOrEqual(CAPTURE_BYTES_PER_EPOCH);
    expect(every).toBe(25);
  });

  it('moves captures further apart when the writer asks for it, also with a fixed N', () => {
    const schedule = scheduleOf({ every: 10 }, 100);
    schedule.captured(0, 1, 4);
    expect([39, 40].map((step) => schedule.isDue(step))).toEqual([false, true]);
  });

  it('is denser at the start, where the first epoch can pay for it', () => {
    const plan = { every: 'auto', stepsPerEpoch: 782 } as const;
    const { captures, share } = simulate(plan, 7820, 30, 30);
    expect(captures.slice(0, 11)).toEqual([0, 1, 2, 5, 10, 15, 20, 30, 40, 50, 60]);
    expect(share).toBeLessThanOrEqual(SHARE);
  });

  it.each([
    { capture: 60, early: [1, 2, 5, 10, 20, 30, 40, 50, 60, 80, 100] },
    { capture: 150, early: [1, 10, 30, 60] },
    { capture: 300, early: [1, 25] },
    { capture: 600, early: [1] },
  ])('makes fewer captures of $capture ms at the start', ({ capture, early }) => {
    const { captures, share } = simulate({ every: 'auto', stepsPerEpoch: 782 }, 7820, 30, capture);
    expect(captures.filter((step) => step > 0 && step <= 100)).toEqual(early);
    expect(share).toBeLessThanOrEqual(SHARE);
  });

  it('makes no early captures that are too large for the log', () => {
    const plan = { every: 'auto', stepsPerEpoch: 782, captureBytes: 9_000_000 } as const;
    expect(simulate(plan, 7820, 30, 1).captures.filter((step) => step <= 100)).toEqual([0, 1]);
  });

  it('captures the named steps besides, without shifting the others', () => {
    expect(simulate({ every: 30, at: '10,40-44:2' }, 70, 1, 1).captures).toEqual([0, 10, 30, 40, 42, 44, 60]);
    expect(simulate({ every: 0, at: '3,5' }, 70, 1, 1).captures).toEqual([3, 5]);
  });

  it('makes the others rarer for what named steps cost', () => {
    const { share, captures } = simulate({ every: 'auto', at: '100-300:2' }, 10_000, 10, 10);
    expect(share).toBeLessThanOrEqual(SHARE);
    expect(captures.filter((step) => step >= 100 && step <= 300 && step % 2 === 0)).toHaveLength(101);
  });

  it('keeps to the budget that is set while it runs', () => {
    const schedule = scheduleOf({ every: 'auto' }, 20_000);
    const counted = (budget: number, from: number) => {
      schedule.change(settingsOf({ every: 'auto', budget }), from);
      let captures = 0;
      for (let at = from; at < from + 5000; at++) {
        if (schedule.isDue(at)) {
          captures++;
          schedule.captured(at, 50);
        }
        schedule.stepTook(10);
      }
      return (captures * 50) / (5000 * 10);
    };
    counted(5, 0);
    for (const [budget, from] of [
      [1, 5000],
      [10, 10_000],
    ] as const) {
      const share = counted(budget, from);
      expect(share).toBeLessThanOrEqual((budget / 100) * MEASURED_PART);
      expect(share).toBeGreaterThan((budget / 100) * MEASURED_PART * 0.6);
    }
  });

  it('captures more rarely after something else was computed for viewers', () => {
    const every = (charged: number) => {
      const schedule = scheduleOf({ every: 'auto' }, 20_000);
      for (let at = 0; at < 1000; at++) {
        if (schedule.isDue(at)) schedule.captured(at, 50);
        if (at === 900) schedule.charge(charged);
        schedule.stepTook(10);
      }
      schedule.captured(1000, 50);
      return schedule.every();
    };
    expect(every(5000)).toBeGreaterThan(every(0));
  });

  it('says from which step captures are as far apart again as the budget asks for, once a dear one is paid back', () => {
    const schedule = scheduleOf({ every: 'auto' }, 20_000);
    const run = (from: number, to: number, capture: (at: number) => number) => {
      for (let at = from; at < to; at++) {
        if (schedule.isDue(at)) schedule.captured(at, capture(at));
        schedule.stepTook(10);
      }
    };
    run(0, 2000, () => 50);
    expect([schedule.every(), schedule.wider(2000)]).toEqual([200, null]);
    schedule.captured(2000, 500);
    const wider = schedule.wider(2000);
    expect([schedule.every(), wider]).toEqual([
      400,
      { asked: 200, why: 'paying-back', until: expect.anything() },
    ]);
    // A change of settings lets the next capture come sooner than the distance between them; here one that is asked for does.
    schedule.captured(2150, 50);
    const until = schedule.wider(2150)?.until ?? 0;
    run(2151, until, () => 50);
    expect(schedule.wider(until)?.why).toBe('paying-back');
    run(until, until + 1, () => 50);
    expect([schedule.every(), schedule.wider(until)]).toEqual([200, null]);
  });

  it('says when the size of the log keeps captures apart', () => {
    const bySize = scheduleOf({ every: 'auto', stepsPerEpoch: 782, captureBytes: 1_000_000 }, 500);
    const byLimit = scheduleOf({ every: 'auto' }, 500);
    for (const [schedule, stretch] of [
      [bySize, 1],
      [byLimit, 4],
    ] as const) {
      for (const at of [0, 1]) {
        schedule.captured(at, 1, stretch);
        schedule.stepTook(100);
      }
      schedule.captured(2, 1, stretch);
    }
    expect(bySize.wider(2)).toEqual({ asked: 10, why: 'log-size', until: null });
    expect(byLimit.wider(2)).toEqual({ asked: 10, why: 'log-limit', until: null });
  });

  it('captures nothing any more when the log is full, whatever is chosen', () => {
    for (const every of ['auto', 10] as const) {
      const schedule = scheduleOf({ every, at: '40' }, 500);
      for (const at of [0, 1]) {
        schedule.stepTook(100);
        schedule.captured(at, 1, at === 0 ? 4 : Number.POSITIVE_INFINITY);
      }
      const isOver = () => [
        schedule.every(),
        schedule.isFull(),
        schedule.nextAfter(2),
        schedule.wider(2)?.why,
      ];
      expect(isOver()).toEqual([0, true, undefined, 'log-full']);
      expect([2, 40, 450].map((step) => schedule.isDue(step))).toEqual([false, false, false]);
      schedule.change(settingsOf({ every: 0, at: '50' }), 45, 5);
      expect([50, 60].map((step) => schedule.isDue(step))).toEqual([false, false]);
      schedule.change(settingsOf({ every: 5 }), 55, 5);
      expect(isOver()).toEqual([0, true, undefined, 'log-full']);
    }
  });

  it('takes what other layers are expected to cost until they are measured', () => {
    const schedule = scheduleOf({ every: 'auto' }, 20_000);
    for (const at of [0, 1]) {
      schedule.captured(at, 50);
      schedule.stepTook(10);
    }
    schedule.change(settingsOf({ every: 'auto', captureBytes: 500 }), 2, 90);
    expect(schedule.every()).toBe(300);
  });

  it('captures nothing by itself while it is paused', () => {
    const schedule = scheduleOf({ every: 10, at: '15' }, 100);
    schedule.captured(0, 1);
    schedule.change({ ...settingsOf({ every: 10, at: '15' }), paused: true }, 5);
    expect([10, 15, 40].some((step) => schedule.isDue(step))).toBe(false);
    expect(schedule.nextAfter(5)).toBeUndefined();
    schedule.change(settingsOf({ every: 10, at: '15' }), 40);
    expect(schedule.isDue(40)).toBe(true);
  });

  it('knows the next step that it will capture', () => {
    const schedule = scheduleOf({ every: 30, at: '7,45' }, 100);
    schedule.captured(0, 1);
    expect([0, 7, 44].map((step) => schedule.nextAfter(step))).toEqual([7, 30, 45]);
  });

  it('rounds up to round numbers', () => {
    expect([1, 10, 11, 16, 74, 76, 101, 160, 1001].map(leastPleasant)).toEqual([
      10, 10, 12, 20, 75, 100, 120, 200, 1200,
    ]);
    // A budget or a step of no time has no number of steps.
    expect([Number.POSITIVE_INFINITY, Number.NaN].map(leastPleasant)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
