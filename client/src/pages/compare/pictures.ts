/** Which pictures of two runs are the same. */
import type { RunStart } from '@convscope/shared/run-record.js';
import type { StageMaps } from './stage-maps.js';

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

/**
 * Pairs the pictures that both sides show. Runs that describe their probes show the same picture where data set and index
 * are the same; of others, pictures with the same number are paired, and nobody knows whether they are the same.
 */
export function pairPictures(
  a: { readonly maps: Pick<StageMaps, 'probes'>; readonly start: RunStart | undefined },
  b: { readonly maps: Pick<StageMaps, 'probes'>; readonly start: RunStart | undefined },
  isSameRun: boolean,
): PicturePairs {
  const ofB = b.maps.probes;
  const nameOf = (start: RunStart, probe: number): string | undefined => {
    const one = start.probes[probe];
    return one === undefined ? undefined : `${start.data.name}\n${start.data.synthetic}\n${one.index}`;
  };
  const [startA, startB] = [a.start, b.start];
  if (isSameRun || startA === undefined || startB === undefined) {
    const pairs = a.maps.probes.flatMap((probe) => (ofB.includes(probe) ? [{ a: probe, b: probe }] : []));
    return { pairs, isKnown: isSameRun };
  }
  const byName = new Map(ofB.map((probe) => [nameOf(startB, probe), probe]));
  const pairs = a.maps.probes.flatMap((probe) => {
    const name = nameOf(startA, probe);
    const other = name === undefined ? undefined : byName.get(name);
    return other === undefined ? [] : [{ a: probe, b: other }];
  });
  return { pairs, isKnown: true };
}

/** "picture 3", or "picture 3, test picture 20, horse" of a run that describes its probes. */
export function pictureName(start: RunStart | undefined, probe: number): string {
  const one = start?.probes[probe];
  if (start === undefined || one === undefined) return `picture ${probe}`;
  return `${start.data.classes[one.label] ?? `class ${one.label}`}, test picture ${one.index}`;
}
