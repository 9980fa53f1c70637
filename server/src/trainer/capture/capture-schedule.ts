/** When to capture: at named steps, every N steps, never, or as often as the budget allows. */
import {
  CAPTURE_BYTES_PER_EPOCH,
  type CaptureSpacing,
  everyBySize,
  LEAST_EVERY,
  leastPleasant,
  MEASURED_PART,
} from '@convscope/shared/capture-cost.js';
import type { CaptureSteps } from '@convscope/shared/capture-steps.js';

/** Additional captures at the start, when the net changes fastest: as many as the budget has room for. */
const EARLY = [
  [1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100],
  [2, 5, 10, 20, 30, 40, 60, 100],
  [2, 10, 20, 40, 60],
  [10, 30, 60],
  [15, 50],
  [25],
];
/** Early captures may use up the budget of the first epoch, or of so many steps, or of half the run. */
const EARLY_STEPS = 500;

export interface CaptureSettings {
  /** Steps between captures; 0 for none, `auto` for as often as the budget allows. */
  readonly every: number | 'auto';
  /** Steps that are captured whatever they cost. Captures by `auto` become rarer in return. */
  readonly at: CaptureSteps;
  /** In percent of the training time. */
  readonly budget: number;
  /** Whether nothing is captured by itself. */
  readonly paused: boolean;
  /** Estimated bytes that one capture adds to the log. */
  readonly captureBytes: number;
}

export interface CaptureScheduleOptions {
  readonly settings: CaptureSettings;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

export interface CaptureSchedule {
  isDue(step: number): boolean;
  /** Current number of steps between captures; 0 for none. */
  every(): number;
  /** How many times further apart captures are, because the log is near its size limit. Infinity if it is full. */
  stretch(): number;
  /** Whether the log has no room for captures. */
  isFull(): boolean;
  /** Why captures by `auto` are further apart at `step` than the budget asks for; null if they are not. */
  wider(step: number): CaptureSpacing | null;
  /** The next step after `step` that is captured, as far as it is known now; undefined if there is none. */
  nextAfter(step: number): number | undefined;
  /** Milliseconds of a step without captures: the median of the last ones; undefined before the first. */
  stepMilliseconds(): number | undefined;
  /**
   * The fraction of the training time that captures have taken since the settings hold; undefined before one has been counted,
   * which the first of a run is not.
   */
  share(): number | undefined;
  /** Reports how long a step took, without captures. */
  stepTook(milliseconds: number): void;
  /**
   * Reports what the capture at `step` cost, including the work of the writer's thread. `stretch` is how many times
   * further apart captures should be because of the log's size limit.
   */
  captured(step: number, milliseconds: number, stretch?: number): void;
  /** Reports what else was computed for viewers. Captures by `auto` become rarer in return. */
  charge(milliseconds: number): void;
  /**
   * Other settings from `step` on. Their budget counts from there. `expected` is what a capture will cost with them, in
   * milliseconds; undefined if it is not known.
   */
  change(settings: CaptureSettings, step: number, expected?: number): void;
}

export function createCaptureSchedule({
  settings: initial,
  stepsPerEpoch,
  totalSteps,
}: CaptureScheduleOptions): CaptureSchedule {
  const steps: number[] = [];
  let settings = initial;
  let captures: number[] = [];
  let count = 0;
  let last: number | undefined;
  let next = 0;
  let stretch = 1;
  /** Milliseconds of captures and of steps since the settings hold. */
  let spent = 0;
  let elapsed = 0;
  let every = chosenEvery();

  function measuredShare(): number {
    return (settings.budget / 100) * MEASURED_PART;
  }

  /** What early and asked-for captures cost beyond the budget; below 0 if there is room. */
  function debt(): number {
    return spent - measuredShare() * elapsed;
  }

  /** Steps between captures so that each of them stays within the budget; undefined before one is measured. */
  function affordable(): number | undefined {
    if (captures.length === 0 || steps.length === 0) return undefined;
    return median(captures) / (measuredShare() * median(steps));
  }

  function leastBySize(): number {
    return everyBySize(settings.captureBytes, stepsPerEpoch);
  }

  function chosenEvery(): number {
    if (settings.every !== 'auto') return settings.every;
    // A debt is paid back by half of the budget.
    const byBudget = leastPleasant((affordable() ?? 0) * (debt() > 0 ? 2 : 1));
    return Math.max(LEAST_EVERY, leastBySize(), byBudget);
  }

  function isFull(): boolean {
    return stretch === Number.POSITIVE_INFINITY;
  }

  /** As chosen where the log is full: nothing is captured then. */
  function stretched(): number {
    return isFull() ? chosenEvery() : chosenEvery() * stretch;
  }

  /** The next of the early captures, if the budget has room for it. */
  function nextEarly(step: number): number | undefined {
    if (settings.every !== 'auto' || stretch > 1) return undefined;
    if (steps.length === 0 || captures.length === 0) return EARLY[0]!.find((one) => one > step);
    const paying = Math.min(totalSteps / 2, Math.max(stepsPerEpoch, EARLY_STEPS)) * median(steps);
    const byBudget = (measuredShare() * paying - spent) / median(captures);
    const bySize = CAPTURE_BYTES_PER_EPOCH / 2 / settings.captureBytes - count;
    const left = EARLY.map((list) => list.filter((one) => one > step));
    return left.find(({ length }) => length > 0 && length <= Math.min(byBudget, bySize))?.[0];
  }

  return {
    isDue: (step) => !settings.paused && !isFull() && (settings.at.has(step) || (every > 0 && step >= next)),
    every: () => (isFull() ? 0 : every),
    stretch: () => stretch,
    isFull,
    wider(step) {
      if (isFull())
        return {
          asked: settings.every === 'auto' ? LEAST_EVERY : settings.every,
          why: 'log-full',
          until: null,
        };
      const within = affordable();
      if (settings.every !== 'auto' || within === undefined) return null;
      const asked = Math.max(LEAST_EVERY, leastPleasant(within));
      if (every <= asked) return null;
      if (stretch > 1) return { asked, why: 'log-limit', until: null };
      if (every <= leastBySize()) return { asked, why: 'log-size', until: null };
      // In steps that pay for it: a capture costs `within`, and the distance is chosen anew at each capture.
      const unpaid = debt() / (measuredShare() * median(steps)) + within - (next - step);
      return {
        asked,
        why: 'paying-back',
        until: next + Math.max(0, Math.ceil(unpaid / (every - within))) * every,
      };
    },
    nextAfter(step) {
      if (settings.paused || isFull()) return undefined;
      const named = settings.at.after(step);
      const regular = every > 0 ? Math.max(next, step + 1) : undefined;
      return named === undefined || regular === undefined ? (named ?? regular) : Math.min(named, regular);
    },
    share: () => (elapsed === 0 || spent === 0 ? undefined : spent / (spent + elapsed)),
    stepMilliseconds: () => (steps.length === 0 ? undefined : median(steps)),
    stepTook(milliseconds) {
      remember(steps, milliseconds, 51);
      elapsed += milliseconds;
    },
    captured(step, milliseconds, newStretch = 1) {
      stretch = newStretch;
      // The first capture runs code that is not compiled yet and takes far longer than later ones.
      if (count++ > 0) {
        remember(captures, milliseconds, 5);
        spent += milliseconds;
      }
      every = stretched();
      // A named step, or one that was asked for, does not shift the others.
      if (step >= next) next = Math.min(step + every, nextEarly(step) ?? Number.POSITIVE_INFINITY);
      last = step;
    },
    charge(milliseconds) {
      spent += milliseconds;
    },
    change(changed, step, expected) {
      if (changed.captureBytes !== settings.captureBytes) captures = expected === undefined ? [] : [expected];
      settings = changed;
      spent = 0;
      elapsed = 0;
      every = stretched();
      next = last === undefined ? step : Math.max(step, last + every);
    },
  };
}

function remember(values: number[], value: number, most: number): void {
  values.push(value);
  if (values.length > most) values.shift();
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
