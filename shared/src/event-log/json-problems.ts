import type { z } from '../zod.js';
import { shortText } from './short-text.js';

/** The first problem as text. There may be one for each value, and the text becomes the reason of a gap. */
export function problemsOf({ issues }: z.core.$ZodError): string {
  const [first] = issues;
  if (first === undefined) return 'unknown problem';
  const place = first.path.length === 0 ? '' : ` at ${shortText(first.path.map(String).join('.'), 80)}`;
  const more = issues.length > 1 ? `, and ${issues.length - 1} more problems` : '';
  return `${first.message}${place}${more}`;
}
