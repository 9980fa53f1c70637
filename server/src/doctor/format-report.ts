import type { Check, DoctorReport } from './report.js';

const MARKS: Readonly<Record<Check['status'], string>> = {
  ok: 'ok     ',
  note: 'note   ',
  problem: 'PROBLEM',
};

/** The report as people read it; ends with a newline. */
export function formatDoctorReport(report: DoctorReport): string {
  const width = Math.max(...report.checks.map((check) => check.name.length));
  const lines = report.checks.flatMap((check) => {
    const line = `${MARKS[check.status]}  ${check.name.padEnd(width)}  ${check.text}`;
    return check.advice === undefined ? [line] : [line, `${' '.repeat(11 + width)}→ ${check.advice}`];
  });
  const problems = report.checks.filter((check) => check.status === 'problem').length;
  const verdict =
    problems === 0
      ? 'No problem was found.'
      : `${problems === 1 ? 'One problem was' : `${problems} problems were`} found.`;
  return [`convscope ${report.convscope}`, ...lines, verdict, ''].join('\n');
}
