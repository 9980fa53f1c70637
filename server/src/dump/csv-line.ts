/** Formats a record as a line of CSV, as RFC 4180 says but for the end of the line. */

import { printable } from '@convscope/shared/printable.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import type { DumpedGap } from './json-line.js';
import { summary } from './table-line.js';

export const CSV_HEADING = 'run,tag,kind,step,wall_time,replaced,value';

/** The value of a scalar with every digit; of another record, what the table says of it. */
export function csvLine(
  run: string,
  record: Exclude<RunRecord, { kind: 'gap' }> | DumpedGap,
  isReplaced: boolean,
): string {
  const { kind, step, wallTime } = record;
  return [
    cell(run),
    kind === 'gap' ? '' : cell(record.tag),
    kind,
    step === null ? '' : String(step),
    wallTime === null ? '' : csvNumber(wallTime),
    isReplaced ? '1' : '',
    kind === 'scalar' ? csvNumber(record.value) : cell(summary(record)),
  ].join();
}

function csvNumber(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? 'inf' : '-inf';
}

/** Somebody may look at it in a terminal. */
function cell(text: string): string {
  const shown = printable(text);
  return /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
