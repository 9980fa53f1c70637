import type { Check, DoctorReport } from './report.js';

const MARKS: Readonly<Record<Check['status'], string>> = {
  ok: 'ok     ',
  note: 'note   ',
  problem: 'PROBLEM',
};

/** Formats the report as text. It ends with a newline. */
export function formatDoctorReport(report: DoctorReport): string {
  const width = Math.max(...report.checks.map((check) => check.name.length));
  const lines = report.checks.flatMap((check) => {
    const line = `${MARKS[check.status]}  ${check.name.padEnd(width)}  ${check.text}`;
    return check.advice === undefined ? [line] : [line, `${' '.repeat(11 + width)}→ ${check.advice}`];
  });
  const problems = report.checks.filter((check) => check.status === 'problem').length;
  const verdict =
    problems === 0 ? 'No problems found.' : `${problems === 1 ? '1 problem' : `${problems} problems`} found.`;
  return [`convscope ${report.convscope}`, ...lines, verdict, ''].join('\n');
}
