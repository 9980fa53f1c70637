/** Which pictures of two captures are the same. */
import type { NamedProbe } from '@convscope/shared/probe-choice.js';
import type { RunStart } from '@convscope/shared/run-record.js';
import type { DecodedTensor } from '../../decode/decoded.js';
import type { StageMaps } from './stage-maps.js';

/** What a log says of the probes of a capture. */
export interface CaptureProbes {
  /** The record of them: within a run, the same record is the same pictures. Undefined in a log that has none. */
  readonly row: number | undefined;
  readonly named: readonly NamedProbe[] | undefined;
  /** What went into the net, [picture, …]; undefined where it is not in the log, and where it is not needed. */
  readonly input: DecodedTensor | undefined;
}

/** A picture, by its number among the probes of each side. */
export interface PicturePair {
  readonly a: number;
  readonly b: number;
}

export interface PicturePairs {
  readonly pairs: readonly PicturePair[];
  /** Whether the logs say that the pictures of a pair are the same. */
  readonly isKnown: boolean;
}

export interface PictureSide {
  readonly run: string;
  readonly start: RunStart | undefined;
  readonly maps: Pick<StageMaps, 'probes'>;
  readonly probes: CaptureProbes;
}

/**
 * Pairs the pictures that both sides show. Test pictures are the same where data set and index are, others where the numbers are
 * that went into the nets; of logs that do not describe their probes, pictures with the same number are paired, and nobody knows
 * whether they are the same.
 */
export function pairPictures(a: PictureSide, b: PictureSide): PicturePairs {
  const isSameRecord = a.run === b.run && a.probes.row === b.probes.row;
  const isNamed = [a, b].every(({ start, probes }) => start !== undefined && probes.named !== undefined);
  if (isSameRecord || !isNamed) {
    const pairs = a.maps.probes.flatMap((probe) =>
      b.maps.probes.includes(probe) ? [{ a: probe, b: probe }] : [],
    );
    return { pairs, isKnown: isSameRecord };
  }
  const free = new Set(b.maps.probes);
  const pairs: PicturePair[] = [];
  for (const probe of a.maps.probes) {
    // Of a picture that is there twice, first the one in the same place.
    const others = free.has(probe) ? [probe, ...free] : [...free];
    const other = others.find((one) => isSamePicture(a, probe, b, one));
    if (other === undefined) continue;
    free.delete(other);
    pairs.push({ a: probe, b: other });
  }
  return { pairs, isKnown: true };
}

function isSamePicture(a: PictureSide, ofA: number, b: PictureSide, ofB: number): boolean {
  const indexA = a.probes.named?.[ofA]?.index ?? null;
  const indexB = b.probes.named?.[ofB]?.index ?? null;
  if (indexA !== null && indexB !== null) return indexA === indexB && isSameData(a.start, b.start);
  return hasSameNumbers(a.probes.input, ofA, b.probes.input, ofB);
}

function isSameData(a: RunStart | undefined, b: RunStart | undefined): boolean {
  return a?.data.name === b?.data.name && a?.data.synthetic === b?.data.synthetic;
}

function hasSameNumbers(
  a: DecodedTensor | undefined,
  ofA: number,
  b: DecodedTensor | undefined,
  ofB: number,
): boolean {
  const [picturesA = 0, ...shapeA] = a?.shape ?? [];
  const [picturesB = 0, ...shapeB] = b?.shape ?? [];
  if (a === undefined || b === undefined || ofA >= picturesA || ofB >= picturesB) return false;
  if (shapeA.join() !== shapeB.join()) return false;
  const size = shapeA.reduce((product, side) => product * side, 1);
  for (let at = 0; at < size; at++) {
    if (!Object.is(a.values[ofA * size + at], b.values[ofB * size + at])) return false;
  }
  return true;
}

/** "picture 3", or "horse, test picture 20" of a capture whose probes are named. */
export function pictureName(named: CaptureProbes['named'], probe: number): string {
  const one = named?.[probe];
  if (one === undefined) return `picture ${probe}`;
  return one.index === null ? `${one.name}, a viewer’s picture` : `${one.name}, test picture ${one.index}`;
}
