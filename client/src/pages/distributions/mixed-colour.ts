import { parseHex } from '../../drawing/lut.js';

/** A colour between two, as #rrggbb: `share` of the second. */
export function mixed(first: string, second: string, share: number): string {
  const [a, b] = [parseHex(first), parseHex(second)];
  const parts = a.map((part, at) => Math.round(part + (b[at]! - part) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
