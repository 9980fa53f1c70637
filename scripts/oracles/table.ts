import type { Check } from './check-conv.js';

export interface Row {
  readonly implementation: string;
  readonly checks: readonly Check[];
}

/** One line for each file, kind of check and implementation. */
export function oracleTable(rows: readonly Row[]): string {
  const lines = [['file', 'check', 'implementation', 'passed', 'failed', 'largest error / allowed']];
  const kinds = new Map<string, { file: string; what: string }>();
  for (const { checks } of rows)
    for (const { file, what } of checks) kinds.set(`${file} ${what}`, { file, what });
  for (const { file, what } of kinds.values()) {
    for (const { implementation, checks } of rows) {
      const here = checks.filter((check) => check.file === file && check.what === what);
      if (here.length === 0) continue;
      const failed = here.filter(({ failure }) => failure !== undefined).length;
      const errors = here.flatMap(({ error }) => (error === undefined ? [] : [error]));
      const largest = errors.length === 0 ? '' : Math.max(...errors).toPrecision(2);
      lines.push([file, what, implementation, String(here.length - failed), String(failed), largest]);
    }
  }
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
