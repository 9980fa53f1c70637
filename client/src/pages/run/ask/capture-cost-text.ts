/** What captures cost, in words. */
import {
  CAPTURE_BYTES_PER_EPOCH,
  type CaptureChoice,
  type CaptureCost,
  type CaptureSpacing,
  captureBytes,
  captureShare,
  estimateCapture,
  everyBySize,
  LEAST_EVERY,
  leastPleasant,
  MEASURED_PART,
} from '@convscope/shared/capture-cost.js';
import { millisecondsText, shareText } from '@convscope/shared/cost-text.js';
import type { TrainerState } from '@convscope/shared/protocol/control.js';
import { formatStep } from '../../../ui/format.js';

/**
 * What a capture of this choice will cost, from what was measured.
 * @param every steps between captures; 0 if none are made every N steps
 */
export function expectedCost(cost: CaptureCost, choice: CaptureChoice, every: number): string {
  const milliseconds = estimateCapture(cost, choice);
  if (milliseconds === undefined) {
    const what = choice.gradients && cost.gradients === null ? 'The cost of gradients' : 'The cost';
    return `${what} is not known before the first capture of this kind.`;
  }
  const one = `A capture of this costs about ${millisecondsText(milliseconds)}, with the work of the log writer`;
  if (every === 0 || cost.step === null) return `${one}.`;
  return `${one}: ${shareText(captureShare(milliseconds, every, cost.step))} of the training time at every ${every} steps.`;
}

/** What the trainer says, by which captures are forecast. */
export type CaptureFacts = Pick<TrainerState, 'cost' | 'size' | 'stepsPerEpoch' | 'stretch'>;

export interface Forecast {
  /** Steps between captures. */
  readonly every: number;
  /** What keeps captures further apart than the budget does, if anything. */
  readonly why: 'least' | 'log-size' | 'log-limit' | undefined;
}

/**
 * How far apart captures of this choice will be by the budget, as the trainer rounds it; undefined if their cost is not known.
 * @param choice with all layers that it captures
 */
export function everyWithin(
  { cost, size, stepsPerEpoch, stretch }: CaptureFacts,
  choice: CaptureChoice,
  share: number,
): Forecast | undefined {
  const milliseconds = estimateCapture(cost, choice);
  if (milliseconds === undefined || cost.step === null || cost.step <= 0 || stretch === null)
    return undefined;
  const byBudget = leastPleasant(milliseconds / (share * cost.step));
  const bySize = everyBySize(captureBytes(size, choice), stepsPerEpoch);
  const every = Math.max(LEAST_EVERY, bySize, byBudget) * stretch;
  // While the field of the budget is empty, its value is NaN.
  if (!Number.isFinite(every)) return undefined;
  if (stretch > 1) return { every, why: 'log-limit' };
  if (byBudget >= every) return { every, why: every === LEAST_EVERY ? 'least' : undefined };
  return { every, why: bySize > LEAST_EVERY ? 'log-size' : 'least' };
}

/** Why captures by a budget take less of the training time than the budget. */
export function budgetText(budget: number, why: Forecast['why']): string {
  const measured = Number((budget * MEASURED_PART).toPrecision(3));
  return `Of the ${budget} %, ${measured} % are for this; the rest is left for sending, the hub and the browser, which are not measured.${WHY_WIDER[why ?? 'budget']}`;
}

const MEGABYTES = CAPTURE_BYTES_PER_EPOCH / 1024 / 1024;

const WHY_WIDER = {
  budget: '',
  least: ` Captures by a budget are at least ${LEAST_EVERY} steps apart.`,
  'log-size': ` They are further apart than the budget asks for, since captures may add only ${MEGABYTES} MB to the log per epoch.`,
  'log-limit': ' They are further apart than the budget asks for, since the log is near its size limit.',
} as const;

/** Why captures are further apart than the budget asks for, and when that ends. */
export function spacingText({ asked, why, until }: CaptureSpacing): string {
  const steps = `every ${formatStep(asked)} steps`;
  if (why === 'log-full')
    return 'The log has reached its size limit, so nothing is captured any more. Train with a larger --max-log-mb.';
  if (why === 'log-limit') return `The budget allows ${steps}, but the log is near its size limit.`;
  if (why === 'log-size')
    return `The budget allows ${steps}, but captures may add only ${MEGABYTES} MB to the log per epoch.`;
  const when = until === null ? 'later' : `from about step ${formatStep(until)}`;
  return `Captures have cost more than the budget, which is paid back first; ${steps} again ${when}.`;
}
