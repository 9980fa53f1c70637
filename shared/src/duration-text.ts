/** A length of time in one unit, as people say it. */

const UNITS = [
  ['years', 365.25 * 86_400, 730.5 * 86_400],
  ['d', 86_400, 48 * 3600],
  ['h', 3600, 3600],
  ['min', 60, 60],
] as const;

/** "12 s", "3 min", "47 h", "5 d", "2 years": what has passed of it in full. @param seconds at least 0 */
export function durationText(seconds: number): string {
  const [unit, size] = UNITS.find(([, , from]) => seconds >= from) ?? (['s', 1] as const);
  return `${Math.floor(seconds / size)} ${unit}`;
}
