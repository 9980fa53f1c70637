/** The axis that histograms follow each other on: steps, time since the first one, or time of day. */
import { stepTicks, ticksIn } from '../../charts/axis.js';
import { tickTexts } from '../../charts/tick-text.js';
import { formatDuration, formatStep } from '../../ui/format.js';
import { formatTime } from '../../ui/log-time.js';
import type { HistogramAt } from './histogram-at.js';
import type { XAxis } from './view.js';

export interface Extent {
  readonly lo: number;
  readonly hi: number;
}

export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** Where a histogram lies on the axis. @param start the wall time that relative times count from */
export function placeOn(
  axis: XAxis,
  { step, wallTime }: Pick<HistogramAt, 'step' | 'wallTime'>,
  start: number,
): number {
  if (axis === 'step') return step;
  return axis === 'relative' ? wallTime - start : wallTime;
}

const DAY = 86_400;
/** Distances of ticks of time, in seconds. */
const ROUND_TIMES = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  10_800,
  21_600,
  43_200,
  DAY,
];

const timeOfDay = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const withSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const dayOfMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export function ticksOn(axis: XAxis, { lo, hi }: Extent, count: number): readonly Tick[] {
  if (axis === 'step') {
    const ticks = stepTicks(lo, hi, count);
    const texts = tickTexts(ticks);
    return ticks.map((at, place) => ({ at, text: texts[place]! }));
  }
  const rough = (hi - lo) / Math.max(1, count);
  const apart = ROUND_TIMES.find((one) => one >= rough) ?? Math.ceil(rough / DAY) * DAY;
  if (!(hi > lo) || !Number.isFinite(apart)) return [];
  if (rough < 1) return ticksIn(lo, hi, count).map((at) => ({ at, text: textOn(axis, at, 1) }));
  // Times of day are round where the user is, not in UTC.
  const shift = axis === 'wall' ? (new Date(lo * 1000).getTimezoneOffset() || 0) * 60 : 0;
  const first = Math.ceil((lo - shift) / apart);
  // Counted, since times may be so large that adding to one does not change it.
  const ticks = Math.min(count + 1, Math.floor((hi - shift) / apart) - first + 1);
  return Array.from({ length: Math.max(0, ticks) }, (_, place) => {
    const at = (first + place) * apart + shift;
    return { at, text: textOn(axis, at, apart) };
  });
}

/** The tick of a single place. */
export function placeTick(axis: XAxis, at: number): Tick {
  return { at, text: axis === 'step' ? formatStep(at) : textOn(axis, at, 1) };
}

function textOn(axis: XAxis, at: number, apart: number): string {
  if (axis === 'relative') return at < 60 && apart < 60 ? `${Number(at.toFixed(1))} s` : formatDuration(at);
  return formatTime(apart >= DAY ? dayOfMonth : apart < 60 ? withSeconds : timeOfDay, at);
}

/** "step 480", "3:20 after the first", "14:05:09". */
export function placeText(
  axis: XAxis,
  histogram: Pick<HistogramAt, 'step' | 'wallTime'>,
  start: number,
): string {
  const step = `step ${formatStep(histogram.step)}`;
  if (axis === 'step') return step;
  const text = textOn(axis, placeOn(axis, histogram, start), 1);
  return `${text}, ${step}`;
}
