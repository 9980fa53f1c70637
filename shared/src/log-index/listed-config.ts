import { encodeUtf8 } from '../event-log/utf8.js';
import { LIMITS } from '../protocol/limits.js';
import type { RunConfig } from '../run-description.js';

/** The configuration of a run as its summary has it: within limits, because every viewer gets that of every run. */
export interface ListedConfig {
  readonly values: RunConfig;
  /** How many values were left out. */
  readonly omitted: number;
}

export const NO_CONFIG: ListedConfig = { values: {}, omitted: 0 };

/** Adds values to a configuration. Of two values with the same name the newer one counts. */
export function withValues(known: ListedConfig, added: RunConfig): ListedConfig {
  const { keys, nameLength, textLength, bytes } = LIMITS.config;
  const all = new Map([...Object.entries(known.values), ...Object.entries(added)]);
  const kept: [string, string | number | boolean][] = [];
  let size = 2;
  for (const [name, value] of all) {
    const entry = [name, listed(value)] as const;
    if (name.length > nameLength || (typeof value === 'string' && value.length > textLength)) continue;
    // Name, value, and the characters between this pair and the next.
    const length = encodeUtf8(JSON.stringify(entry)).length;
    if (kept.length >= keys || size + length > bytes) continue;
    size += length;
    kept.push([...entry]);
  }
  // A record that is logged again must not count its values again.
  const omitted = Math.max(known.omitted, all.size - kept.length);
  return { values: Object.fromEntries(kept), omitted };
}

/** JSON has no NaN and no infinity. */
function listed(value: string | number | boolean): string | number | boolean {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
