/** Curves of scalars, shared by everything that draws them. */
import { Curve } from '../series/curve.js';
import type { RunData } from './run-data.js';

/** The scalar to draw for a run: `train/loss`, else a tag that ends in or contains "loss", else the first tag. */
export function lossTag(tags: readonly string[]): string | undefined {
  return (
    tags.find((tag) => tag === 'train/loss') ??
    tags.find((tag) => /loss$/i.test(tag)) ??
    tags.find((tag) => /loss/i.test(tag)) ??
    tags[0]
  );
}

/** The tag of the accuracy on the test set. */
export function testAccuracyTag(tags: readonly string[]): string | undefined {
  return (
    tags.find((tag) => tag === 'test/accuracy') ??
    tags.find((tag) => /(test|val|valid|eval)[^/]*[/_].*acc/i.test(tag)) ??
    tags.find((tag) => /acc/i.test(tag) && !/train/i.test(tag))
  );
}

export class CurveBook {
  readonly #curves = new Map<string, Curve>();

  /** The curve of a scalar, brought up to date with its column. Undefined while it has no points. */
  of(data: RunData, tag: string | undefined, weight: number): Curve | undefined {
    if (tag === undefined) return undefined;
    const column = data.scalar(tag);
    if (column === undefined || column.rows === 0) return undefined;
    const key = `${data.run}\n${data.generation}\n${tag}\n${weight}`;
    let curve = this.#curves.get(key);
    if (curve === undefined || !curve.follows(column)) {
      curve = new Curve(column, weight);
      this.#curves.set(key, curve);
    } else curve.sync();
    return curve;
  }

  /** Drops the curves of all other runs and smoothing weights. */
  keep(runs: ReadonlySet<string>, weights: ReadonlySet<number>): void {
    for (const [key, curve] of this.#curves) {
      if (!runs.has(key.slice(0, key.indexOf('\n'))) || !weights.has(curve.weight)) this.#curves.delete(key);
    }
  }
}

/** What the timeline draws. `place` is the run's index in the list, which gives its colour. */
export interface StripCurves {
  readonly loss: Curve | undefined;
  readonly accuracy: Curve | undefined;
  readonly trainAccuracy: Curve | undefined;
  /** The largest last step of these curves. */
  readonly lastStep: number;
  readonly others: readonly {
    readonly place: number;
    readonly loss: Curve | undefined;
    readonly accuracy: Curve | undefined;
  }[];
}
