/** Ticks of logarithmic axes, whose places are powers of ten. */
import { ticksIn } from './axis.js';

/** Round values between 10^lo and 10^hi, about `count` of them. */
export function logTicks(lo: number, hi: number, count: number): number[] {
  const span = hi - lo;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  // Within a decade, round numbers; beyond it powers of ten, with 2 and 5 between them if there is room.
  if (span < 1) return ticksIn(10 ** lo, 10 ** hi, count);
  const every = Math.max(1, Math.ceil(span / Math.max(1, count)));
  const between = every === 1 && span * 3 <= count ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.ceil(lo / every - 1) * every; power <= hi; power += every)
    for (const digit of between) {
      const value = Number(`${digit}e${power}`);
      const place = Math.log10(value);
      if (place >= lo && place <= hi) ticks.push(value);
    }
  return ticks;
}
