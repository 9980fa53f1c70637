/** Ticks of axes of time: elapsed seconds, and times of day. */

export interface Tick {
  readonly value: number;
  readonly text: string;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** Distances between ticks that people count in, in seconds. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((one) => one),
  ...[1, 2, 5, 10, 15, 30].map((one) => one * MINUTE),
  ...[1, 2, 3, 6, 12].map((one) => one * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((one) => one * DAY),
];
const MOST_TICKS = 100;
/** Closer times of day are the same double. */
const LEAST_CLOCK_STEP = 1e-6;

const two = (value: number) => String(value).padStart(2, '0');

/** The smallest distance that is at least `rough`; below a second and beyond a year, 1, 2 or 5 of a power of ten. */
function distance(rough: number): number {
  const found = rough < 0.5 ? undefined : STEPS.find((step) => step >= rough);
  if (found !== undefined) return found;
  const unit = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((one) => one * unit).find((one) => one >= rough * (1 - 1e-9)) ?? 10 * unit;
}

/** Multiples of `step`, shifted by `offset`, within [first, last]. */
function multiples(first: number, last: number, step: number, offset: number): number[] {
  const from = Math.ceil((first - offset) / step);
  const count = Math.min(MOST_TICKS, Math.floor((last - offset) / step) - from + 1);
  return Array.from({ length: Math.max(0, count) }, (_, at) => (from + at) * step + offset);
}

/** A smaller distance. Half of several days, as the next one that people count in would bring labels too close to each other. */
function smaller(step: number): number {
  if (step > DAY) return Math.floor(step / DAY / 2) * DAY;
  return STEPS.findLast((one) => one < step * (1 - 1e-9) && step > 1) ?? distance(step * 0.4);
}

/** Round places on [first, last], about `count` of them and two at least: one would say nothing of the scale. */
function places(
  first: number,
  last: number,
  options: { readonly count: number; readonly offset: number; readonly least: number },
): { readonly step: number; readonly values: readonly number[] } {
  let step = Math.max(options.least, distance((last - first) / Math.max(1, options.count)));
  for (;;) {
    const values = multiples(first, last, step, options.offset);
    const next = smaller(step);
    if (values.length > 1 || next < options.least || next >= step) return { step, values };
    step = next;
  }
}

/** Elapsed time as people write it: 0.5 s, 12 s, 1:30, 2 h 05, 3 d 4 h. */
export function elapsedText(seconds: number): string {
  const sign = seconds < 0 ? '−' : '';
  const size = Math.abs(seconds);
  if (size < MINUTE) return `${sign}${Number(size.toPrecision(3))} s`;
  const whole = Math.round(size);
  const [minutes, hours, days] = [
    Math.floor(whole / MINUTE) % 60,
    Math.floor(whole / HOUR),
    Math.floor(whole / DAY),
  ];
  if (hours === 0) return `${sign}${minutes}:${two(whole % MINUTE)}`;
  if (days < 2) return `${sign}${hours} h${minutes === 0 ? '' : ` ${two(minutes)}`}`;
  return `${sign}${days} d${hours % 24 === 0 ? '' : ` ${hours % 24} h`}`;
}

/** Digits behind the point that tell times apart which are so far from each other. Doubles of today's times have six. */
function digitsOf(step: number): number {
  return step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step) - 1e-9));
}

/** A time, as whole seconds and what of the next one has passed: [12, '.034']. */
function secondsAndDigits(seconds: number, digits: number): [whole: number, fraction: string] {
  const unit = 10 ** digits;
  const units = Math.round(seconds * unit);
  const whole = Math.floor(units / unit);
  return [whole, digits === 0 ? '' : `.${String(units - whole * unit).padStart(digits, '0')}`];
}

/** Elapsed time at a tick, with as many digits as tell it from the next one. */
function elapsedTickText(seconds: number, step: number): string {
  const sign = seconds < 0 ? '−' : '';
  const size = Math.abs(seconds);
  const digits = digitsOf(step);
  if (size < MINUTE && step < MINUTE) return `${sign}${Number(size.toFixed(digits))} s`;
  if (size < HOUR && step >= 1) return elapsedText(seconds);
  if (step >= MINUTE) return elapsedText(seconds);
  const [whole, fraction] = secondsAndDigits(size, digits);
  const [minutes, hours] = [Math.floor(whole / MINUTE) % 60, Math.floor(whole / HOUR)];
  const clock = hours === 0 ? `${minutes}` : `${hours}:${two(minutes)}`;
  return `${sign}${clock}:${two(whole % MINUTE)}${fraction}`;
}

/** Seconds since the beginning. */
export function elapsedTicks(first: number, last: number, count: number): Tick[] {
  const span = last - first;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const { step, values } = places(first, last, { count, offset: 0, least: 0 });
  return values.map((value) => ({ value, text: elapsedTickText(value, step) }));
}

/** In seconds: how far the zone is ahead of UTC at a time. */
function offsetAt(seconds: number, utc: boolean): number {
  return utc ? 0 : -60 * new Date(seconds * 1000).getTimezoneOffset();
}

/** A date as UTC's own methods show it, shifted to the zone. */
function dateIn(seconds: number, utc: boolean): Date {
  return new Date((seconds + offsetAt(seconds, utc)) * 1000);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dayText(date: Date): string {
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}`;
}

function clockText(date: Date, withSeconds: boolean): string {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}${withSeconds ? `:${two(date.getUTCSeconds())}` : ''}`;
}

/** Seconds since the epoch, at round times of the zone's clock. At midnight, and where a day has more than a tick, the day is named. */
export function clockTicks(first: number, last: number, count: number, utc: boolean): Tick[] {
  const span = last - first;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const offset = -offsetAt(first, utc);
  const { step, values: found } = places(first, last, { count, offset, least: LEAST_CLOCK_STEP });
  return found.map((value, at) => {
    const date = dateIn(value, utc);
    const before = at === 0 ? undefined : dateIn(found[at - 1]!, utc);
    const isNewDay = before !== undefined && before.getUTCDate() !== date.getUTCDate();
    if (step >= DAY) {
      const isNewYear = before === undefined || before.getUTCFullYear() !== date.getUTCFullYear();
      return { value, text: isNewYear ? `${dayText(date)} ${date.getUTCFullYear()}` : dayText(date) };
    }
    if (isNewDay) return { value, text: dayText(date) };
    if (step < 1) {
      const [whole, fraction] = secondsAndDigits(value, Math.max(3, digitsOf(step)));
      return { value, text: `${clockText(dateIn(whole, utc), true)}${fraction}` };
    }
    return { value, text: clockText(date, step < MINUTE) };
  });
}

/** For a table: 11-28 14:05:03, and 2023-11-28 14:05:03 where the year is not that of `now`, in seconds. */
export function shortTimeText(seconds: number, utc: boolean, now: number): string {
  const date = Number.isFinite(seconds) ? dateIn(seconds, utc) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) return 'unknown time';
  const isThisYear = date.getUTCFullYear() === dateIn(now, utc).getUTCFullYear();
  return `${isThisYear ? monthAndDay(date) : yearAndDay(date)} ${clockText(date, true)}`;
}

function monthAndDay(date: Date): string {
  return `${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

function yearAndDay(date: Date): string {
  return `${date.getUTCFullYear()}-${monthAndDay(date)}`;
}

/** Date and time with the zone: 2026-11-28 14:05:03 UTC+1. */
export function wallTimeText(seconds: number, utc: boolean): string {
  if (!Number.isFinite(seconds)) return 'unknown time';
  const date = dateIn(seconds, utc);
  if (Number.isNaN(date.getTime())) return 'unknown time';
  const offset = offsetAt(seconds, utc) / 60;
  const size = Math.abs(offset);
  const zone = `${Math.floor(size / 60)}${size % 60 === 0 ? '' : `:${two(size % 60)}`}`;
  return `${yearAndDay(date)} ${clockText(date, true)} UTC${offset === 0 ? '' : `${offset < 0 ? '−' : '+'}${zone}`}`;
}
