/** What a measured piece of work costs, as the trainer says it in its answers and the page in its panels. */
import { durationText } from './duration-text.js';

/** "3.2 ms", "41 ms", "1.7 s", "12 s", "3 min". @param milliseconds at least 0 */
export function millisecondsText(milliseconds: number): string {
  if (milliseconds >= 60_000) return durationText(milliseconds / 1000);
  if (milliseconds >= 9_950) return `${Math.round(milliseconds / 1000)} s`;
  if (milliseconds >= 999.5) return `${(milliseconds / 1000).toFixed(1)} s`;
  return milliseconds < 9.95 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`;
}

/** "2.7 %", "41 %", "< 0.1 %". @param share a fraction, at least 0 */
export function shareText(share: number): string {
  const percent = 100 * share;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}
