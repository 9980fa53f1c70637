/** The limits of the colours: the same ones for A and B, and symmetric about 0 for their difference. */
import { useMemo } from 'react';
import { channelExtent, rectifiedLimits, signedLimits } from '../../drawing/limits.js';
import type { Limits } from '../../drawing/lut.js';
import type { MapStack } from '../../drawing/map-stack.js';
import { useView } from './compare-context.js';
import type { Comparison } from './comparison.js';

export interface Colours {
  readonly maps: (channel: number) => Limits;
  readonly difference: (channel: number) => Limits;
}

export function useColours({ a, b, signed, top, difference }: Comparison): Colours {
  const scale = useView((view) => view.scale);
  const limits = useView((view) => view.limits);
  const differenceLimits = useView((view) => view.differenceLimits);
  const maps = useMemo(() => {
    if (limits !== undefined) return () => limits;
    const of = signed ? signedLimits : rectifiedLimits;
    if (scale === 'layer') {
      const common = of(top);
      return () => common;
    }
    return (channel: number) => of(Math.max(topIn(a, channel, signed), topIn(b, channel, signed)));
  }, [a, b, signed, top, scale, limits]);
  const ofDifference = useMemo(() => {
    if (differenceLimits !== undefined) return () => differenceLimits;
    if (scale === 'layer') {
      const common = signedLimits(difference?.top ?? 0);
      return () => common;
    }
    return (channel: number) => signedLimits(topIn(difference?.stack, channel, true));
  }, [difference, scale, differenceLimits]);
  return { maps, difference: ofDifference };
}

/** The largest value of a channel, in size if it is signed. */
function topIn(stack: MapStack | undefined, channel: number, signed: boolean): number {
  if (stack === undefined || channel >= stack.shape[0]) return 0;
  const { min, max } = channelExtent(stack, channel);
  return signed ? Math.max(Math.abs(min), Math.abs(max)) : max;
}
