/**
 * Curves of precision against recall, as TensorBoard's pr_curves plugin stores them: a tensor of 6 × thresholds, whose rows are true
 * positives, false positives, true negatives, false negatives, precision and recall, from the lowest threshold to the highest.
 */
import { readNumbers } from '@convscope/shared/event-log/plugin-strings.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { Decoded } from '../../decode/decoded.js';

export interface PrPoint {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

const ROWS = 6;
const MOST_THRESHOLDS = 100_000;

/** A sentence if the record is no such curve. */
export function prCurveOf(decoded: Decoded): readonly PrPoint[] | string {
  try {
    return curveIn(decoded);
  } catch (error) {
    return `The curve cannot be read: ${messageOf(error)}`;
  }
}

function curveIn(decoded: Decoded): readonly PrPoint[] | string {
  const numbers =
    decoded.kind === 'other' ? readNumbers(decoded.content) : decoded.kind === 'tensor' ? decoded : undefined;
  if (numbers === undefined) return 'This record holds no curve.';
  const { values, shape } = numbers;
  const [rows, thresholds = 0] = shape;
  if (shape.length !== 2 || rows !== ROWS || thresholds < 1 || thresholds > MOST_THRESHOLDS)
    return `A curve is a tensor of 6 × thresholds, and this one has the shape ${shape.join('×')}.`;
  const value = (row: number, at: number) => values[row * thresholds + at] ?? Number.NaN;
  const points = Array.from({ length: thresholds }, (_, at) => ({
    threshold: thresholds === 1 ? 0 : at / (thresholds - 1),
    truePositives: value(0, at),
    falsePositives: value(1, at),
    trueNegatives: value(2, at),
    falseNegatives: value(3, at),
    precision: value(4, at),
    recall: value(5, at),
  }));
  return points.some(isPoint) ? points : 'No threshold of this curve has a finite precision and recall.';
}

function isPoint({ precision, recall }: PrPoint): boolean {
  return Number.isFinite(precision) && Number.isFinite(recall);
}

/** The points of an SVG path, of a chart of `side` pixels whose origin is at the top left. Gaps where a number is not finite. */
export function pathOf(points: readonly PrPoint[], side: number): string {
  let path = '';
  let isOpen = false;
  for (const point of points) {
    const { precision, recall } = point;
    if (!isPoint(point)) {
      isOpen = false;
      continue;
    }
    const [x, y] = [recall * side, (1 - precision) * side].map((one) => one.toFixed(2));
    path += `${isOpen ? 'L' : 'M'}${x} ${y}`;
    isOpen = true;
  }
  return path;
}
