import { joinedNumbers } from '../../joined.js';
import type { Numbers } from '../../protocol/packed-numbers.js';
import type { PointSeries } from '../../protocol/series.js';

/** Rows with their x, and with their smoothed values where these were asked for. */
export interface Points {
  readonly xs: Float64Array;
  readonly steps: Float64Array;
  readonly wallTimes: Float64Array;
  readonly values: Float64Array;
  readonly smoothed: Float64Array | null;
}

type Arrays = Pick<PointSeries, 'steps' | 'wallTimes' | 'values' | 'smoothed'>;

/** Collects points, and gives them in order of x. Of points with the same x the order is that of the log. */
export class ExactPoints {
  readonly #parts: Points[] = [];

  add(points: Points): void {
    this.#parts.push(points);
  }

  /** @param isWide whether the values need float64 */
  arrays(isWide: boolean, isSmoothed: boolean): Arrays {
    const xs = this.#whole((part) => part.xs);
    const order = isSorted(xs) ? null : Array.from(xs.keys()).sort((a, b) => xs[a]! - xs[b]! || a - b);
    const inOrder = (of: (part: Points) => Float64Array) => {
      const numbers = this.#whole(of);
      return order ? Float64Array.from(order, (at) => numbers[at]!) : numbers;
    };
    const none = new Float64Array(0);
    return {
      steps: inOrder(({ steps }) => steps),
      wallTimes: inOrder(({ wallTimes }) => wallTimes),
      values: narrowed(
        inOrder(({ values }) => values),
        isWide,
      ),
      ...(isSmoothed
        ? {
            smoothed: narrowed(
              inOrder(({ smoothed }) => smoothed ?? none),
              isWide,
            ),
          }
        : {}),
    };
  }

  #whole(of: (part: Points) => Float64Array): Float64Array {
    const [only, ...more] = this.#parts.map(of);
    if (more.length === 0) return only ?? new Float64Array(0);
    return joinedNumbers([only!, ...more]);
  }
}

/** As float32, if that is what the values are. */
export function narrowed(values: Float64Array, isWide: boolean): Numbers {
  return isWide ? values : new Float32Array(values);
}

function isSorted(xs: Float64Array): boolean {
  for (let at = 1; at < xs.length; at++) if (xs[at]! < xs[at - 1]!) return false;
  return true;
}
