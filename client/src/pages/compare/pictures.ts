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
  /** How it is known which are the same: the logs say it, or hold the numbers of both. Undefined where nobody knows. */
  readonly by: 'log' | 'numbers' | undefined;
  /** Of one picture as it went into the net, where that is known. */
  readonly shapes: Readonly<Record<'a' | 'b', readonly number[] | undefined>>;
}

export interface PictureSide {
  readonly run: string;
  readonly start: RunStart | undefined;
  readonly maps: Pick<StageMaps, 'probes'>;
  readonly probes: CaptureProbes;
}

/**
 * Pairs the pictures that both sides show. Test pictures are the same where data set and index are, others where the numbers are
 * that went into the nets. Of logs that say neither, pictures with the same number among the probes are paired.
 */
export function pairPictures(a: PictureSide, b: PictureSide): PicturePairs {
  const shapes = { a: shapeOf(a), b: shapeOf(b) };
  const isSameRecord = a.run === b.run && a.probes.row === b.probes.row;
  const by = isSameRecord || (isNamed(a) && isNamed(b)) ? 'log' : hasInputs(a, b) ? 'numbers' : undefined;
  const isByPlace = isSameRecord || by === undefined;
  return { pairs: isByPlace ? pairsByPlace(a, b) : pairsOfSame(a, b), by, shapes };
}

const isNamed = ({ start, probes }: PictureSide) => start !== undefined && probes.named !== undefined;
const hasInputs = (...sides: readonly PictureSide[]) =>
  sides.every(({ probes }) => probes.input !== undefined);
const shapeOf = ({ probes }: PictureSide) => probes.input?.shape.slice(1);

function pairsByPlace(a: PictureSide, b: PictureSide): readonly PicturePair[] {
  return a.maps.probes.flatMap((probe) => (b.maps.probes.includes(probe) ? [{ a: probe, b: probe }] : []));
}

function pairsOfSame(a: PictureSide, b: PictureSide): readonly PicturePair[] {
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
  return pairs;
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

/** Whether A and B show the same picture, where the logs do not simply say that they do: a sentence. */
export function picturesText({ pairs, by, shapes }: PicturePairs, shown: PicturePair): string | undefined {
  const isSame = pairs.some(({ a, b }) => a === shown.a && b === shown.b);
  if (isSame && by === undefined)
    return 'The logs do not say whether A and B show the same pictures; those with the same number are paired.';
  if (isSame) return by === 'log' ? undefined : 'A and B show the same picture: its numbers are the same.';
  if (by !== 'numbers') return 'A and B show different pictures.';
  const [a, b] = [shapes.a?.join(' × '), shapes.b?.join(' × ')];
  return a !== b
    ? `A and B show different pictures: those of A are ${a} and those of B ${b}.`
    : 'A and B show different pictures, or normalise them differently: their numbers are not the same.';
}
