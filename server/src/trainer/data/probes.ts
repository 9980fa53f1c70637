import type { Probe } from '@convscope/shared/run-record.js';
import type { PictureSet, TrainingData } from './training-data.js';

export const PROBE_COUNT = 8;
export const STATISTICS_PICTURES = 64;

export interface ProbeChoice {
  readonly probes: readonly Probe[];
  /** Indices into the test set; the probes come first. */
  readonly statistics: readonly number[];
}

/**
 * The pictures that every capture reads, the same for every run on the same data: the first test picture of each of eight
 * classes, in the order of the test set, then the first other ones until there are 64.
 */
export function chooseProbes({ test }: Pick<TrainingData, 'test'>): ProbeChoice {
  const chosen: number[] = [];
  const classes = new Set<number>();
  for (let i = 0; i < test.labels.length && chosen.length < PROBE_COUNT; i++) {
    if (classes.has(test.labels[i]!)) continue;
    classes.add(test.labels[i]!);
    chosen.push(i);
  }
  const taken = new Set(chosen);
  for (let i = 0; i < test.labels.length && chosen.length < STATISTICS_PICTURES; i++)
    if (!taken.has(i)) chosen.push(i);
  const probes = chosen.slice(0, PROBE_COUNT).map((index) => ({ index, label: test.labels[index]! }));
  return { probes, statistics: chosen };
}

/** A picture of which maps are captured. */
export interface ProbePicture {
  /** In the test set; null for a picture that a viewer brought along. */
  readonly index: number | null;
  /** Its class; null if nobody has said it. */
  readonly label: number | null;
  readonly name: string;
  /** Red, green and blue planes, row-major. */
  readonly planes: Uint8Array;
}

export function testPicture(test: PictureSet, classes: readonly string[], index: number): ProbePicture {
  const label = test.labels[index]!;
  return { index, label, name: classes[label] ?? `class ${label}`, planes: test.planes[index]! };
}

/** The red, green and blue planes of a picture that is given as the colours of one pixel after another. */
export function planesOf(pixels: Uint8Array): Uint8Array {
  const plane = pixels.length / 3;
  const planes = new Uint8Array(pixels.length);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) planes[c * plane + i] = pixels[3 * i + c]!;
  }
  return planes;
}
