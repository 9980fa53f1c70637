/** The start and the end of a run as Markdown tables: the text that TensorBoard shows. */
import type { RunEnd, RunStart } from '../run-record.js';

export function runStartMarkdown(start: RunStart): string {
  const { data, plan } = start;
  return markdownTable([
    ['run', start.name],
    [
      'model',
      `${start.model.name}, ${start.model.parameters} parameters, ${start.model.layers.length} layers`,
    ],
    ['data', `${data.name}, ${data.trainPictures} to train, ${data.testPictures} to test`],
    ['plan', `${plan.epochs} epochs of ${plan.stepsPerEpoch} steps`],
    ...Object.entries(start.config).map(([key, value]): [string, string] => [
      `config: ${key}`,
      String(value),
    ]),
    ...Object.entries(start.environment),
    [
      'probe pictures',
      start.probes.map((probe) => `${probe.index} (${data.classes[probe.label] ?? probe.label})`).join(', '),
    ],
    ['run uid', start.runUid],
  ]);
}

export function runEndMarkdown(end: RunEnd): string {
  const rows: [string, string][] = [
    ['reason', end.reason],
    ['training time', `${end.seconds.toFixed(1)} s`],
  ];
  if (end.error !== undefined) rows.push(['error', end.error]);
  if (end.weights !== undefined) rows.push(['weights', end.weights]);
  return markdownTable(rows);
}

/** A table of two columns without headings. */
export function markdownTable(rows: readonly (readonly [string, string])[]): string {
  const cell = (text: string) =>
    text
      .replaceAll('\\', '\\\\')
      .replaceAll('|', '\\|')
      .replaceAll(/\s*[\r\n]+\s*/g, ' ');
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`)].join(
    '\n',
  );
}
