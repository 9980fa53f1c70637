/** The curves of all runs that the strip draws. */
import { Curve } from '../series/curve.js';
import type { RunData } from './run-data.js';

/** The scalar that stands for the run: our own name, else what ends in "loss", else the first there is. */
export function lossTag(tags: readonly string[]): string | undefined {
  return (
    tags.find((tag) => tag === 'train/loss') ??
    tags.find((tag) => /loss$/i.test(tag)) ??
    tags.find((tag) => /loss/i.test(tag)) ??
    tags[0]
  );
}

/** The accuracy over the test set. */
export function testAccuracyTag(tags: readonly string[]): string | undefined {
  return (
    tags.find((tag) => tag === 'test/accuracy') ??
    tags.find((tag) => /(test|val|valid|eval)[^/]*[/_].*acc/i.test(tag)) ??
    tags.find((tag) => /acc/i.test(tag) && !/train/i.test(tag))
  );
}

export class CurveBook {
  readonly #curves = new Map<string, Curve>();

  /** The curve of a scalar, up to date with its column; undefined while nothing of it is known. */
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

  /** Forgets what another smoothing or another run needed. */
  keep(runs: ReadonlySet<string>, weights: ReadonlySet<number>): void {
    for (const [key, curve] of this.#curves) {
      if (!runs.has(key.slice(0, key.indexOf('\n'))) || !weights.has(curve.weight)) this.#curves.delete(key);
    }
  }
}

/** What the strip draws. `place` is the run's place in the list: its colour. */
export interface StripCurves {
  readonly loss: Curve | undefined;
  readonly accuracy: Curve | undefined;
  readonly trainAccuracy: Curve | undefined;
  /** Of any of them. */
  readonly lastStep: number;
  readonly others: readonly {
    readonly place: number;
    readonly loss: Curve | undefined;
    readonly accuracy: Curve | undefined;
  }[];
}
