/** Wall times of records in seconds. A log may hold any number there, and formatting what is no date throws. */

/** Undefined for what is no date: not finite, or more than 270,000 years from 1970. */
function dateOf(seconds: number): Date | undefined {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** @returns what is no date as the number that the log holds */
export function formatTime(format: { format(date: Date): string }, seconds: number): string {
  const date = dateOf(seconds);
  return date === undefined ? `${seconds} s` : format.format(date);
}

const whole = { format: (date: Date) => date.toLocaleString() };

/** Of a `time` element: when a record was logged. */
export function timeAttributes(seconds: number): {
  readonly title: string;
  readonly dateTime: string | undefined;
} {
  return { title: formatTime(whole, seconds), dateTime: dateOf(seconds)?.toISOString() };
}
