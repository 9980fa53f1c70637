/** Curves of scalars, shared by everything that draws them. */
import { lossTag } from '@convscope/shared/loss-tag.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import type { Curve, Gap } from '../series/curve.js';
import type { Part, PixelColumns } from '../series/pixel-columns.js';
import type { RunData } from './run-data.js';

/** The weight of the run page's smoothing that nobody has chosen. */
export const USUAL_SMOOTHING = 0.95;
/** The average of fewer points says more of its own beginning than of them. */
const FEWEST_TO_SMOOTH = 20;
const LEARNING_RATE = /(^|[^a-z])(lr|learning[ _-]?rate)s?([^a-z]|$)/i;

/**
 * The weight to smooth a scalar with: one rule for all pages. Unless the user has asked for a weight, a learning rate is not
 * smoothed, since it is exact, and neither are a few points.
 * @param usual the weight of what is smoothed otherwise
 */
export function smoothingOf(
  tag: string,
  points: number,
  asked: number | undefined,
  usual = USUAL_SMOOTHING,
): number {
  if (asked !== undefined) return asked;
  const words = tag.replace(/([a-z])([A-Z])/g, '$1_$2');
  return points < FEWEST_TO_SMOOTH || LEARNING_RATE.test(words) ? 0 : usual;
}

type Tags = Pick<RunData, 'scalarTags' | 'tagsOfKind'>;

/** Whether convscope's trainer wrote the run, so that it is known what its tags mean. */
function isOurs(data: Tags): boolean {
  return data.tagsOfKind('run-start').length > 0;
}

/**
 * The scalar to draw for a run: the one that is asked for, whether the run has it or not; else the one that was chosen
 * last, if the run has it; else the loss; else the first that was logged. Undefined as long as there is none of them.
 */
export function curveTag(
  data: Tags,
  asked: string | undefined,
  preferred: string | undefined,
): string | undefined {
  if (asked !== undefined) return asked;
  const tags = data.scalarTags;
  if (preferred !== undefined && tags.includes(preferred)) return preferred;
  return lossTagOf(data) ?? tags[0];
}

/** What is not in the log can be said only when the log was read to its end. */
type ReadTags = Tags & Pick<RunData, 'isComplete'>;

/** Whether a curve is drawn only because the run logs no loss and nobody has chosen another one. */
export function isStandIn(data: ReadTags, asked: string | undefined, preferred: string | undefined): boolean {
  const isChosen = asked !== undefined || (preferred !== undefined && data.scalarTags.includes(preferred));
  return data.isComplete && !isChosen && lossTagOf(data) === undefined && data.scalarTags.length > 0;
}

/** Whether the run does not log the scalar. */
export function lacksTag(data: ReadTags, tag: string | undefined): boolean {
  return data.isComplete && tag !== undefined && !data.scalarTags.includes(tag);
}

/** The loss of a run. That of our own runs is known before it is logged. */
export function lossTagOf(data: Tags): string | undefined {
  return isOurs(data) ? SCALAR_TAGS.trainLoss : lossTag(data.scalarTags);
}

/** The accuracies of a run that convscope's trainer wrote. Those of others may be percentages, or something else. */
export function accuracyTags(data: Tags): { readonly train?: string; readonly test?: string } {
  return isOurs(data) ? { train: SCALAR_TAGS.trainAccuracy, test: SCALAR_TAGS.testAccuracy } : {};
}

/**
 * The curve of a scalar. Undefined while there is nothing to draw. While a curve of another smoothing is being fetched, it is
 * the one that was drawn before.
 * @param asked the smoothing that the user has asked for
 */
export function curveOf(
  data: RunData,
  tag: string | undefined,
  asked: number | undefined,
): Curve | undefined {
  const series = tag === undefined ? undefined : data.scalar(tag);
  if (tag === undefined || series === undefined || series.count === 0) return undefined;
  const curve = series.curve(smoothingOf(tag, series.count, asked));
  return curve.isReady ? curve : [...series.curves].find(({ isReady }) => isReady);
}

/** The curves of one run in the timeline. */
export interface RunCurves {
  /** Of the tag that the axis is for. */
  readonly main: Curve | undefined;
  readonly testAccuracy: Curve | undefined;
  readonly gaps: readonly Gap[];
}

/** What the timeline draws. */
export interface StripCurves extends RunCurves {
  /** The scalar that the axis is for, in all runs; undefined while the run has no scalar and none was chosen. */
  readonly tag: string | undefined;
  /** Whether the run logs the scalar, as far as is known. */
  readonly hasTag: boolean;
  /** Whether the run does not log the scalar. */
  readonly isTagMissing: boolean;
  /** Whether it is drawn because the run logs no loss, and nobody has chosen a curve. */
  readonly isStandIn: boolean;
  readonly trainAccuracy: Curve | undefined;
  /** How many values of the scalar were logged again later, and those of them that are drawn, by branches. */
  readonly replaced: number;
  readonly earlier: readonly PixelColumns[];
  /** How many older ones are too many to be drawn. */
  readonly earlierLeftOut: number;
  /** First and last step of the axis. */
  readonly axis: Part;
  /** Whether the axis ends with the newest step of the run. */
  readonly hasNewest: boolean;
  /** `place` gives the run's colour. */
  readonly others: readonly (RunCurves & { readonly place: number; readonly data: RunData })[];
}
