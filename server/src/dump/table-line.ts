/** Formats a record as a line of a table. */

import { printable } from '@convscope/shared/printable.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import type { DumpedGap } from './json-line.js';

export function tableHeading(run: string, file: string): string {
  return `\n${printable(run)}  ${printable(file)}\n${row('step', 'kind', 'tag', '')}`;
}

export function tableLine(
  record: Exclude<RunRecord, { kind: 'gap' }> | DumpedGap,
  isReplaced = false,
): string {
  const step = record.step === null ? '' : String(record.step);
  return row(
    step,
    record.kind,
    record.kind === 'gap' ? '' : printable(record.tag),
    `${printable(summary(record))}${isReplaced ? '  (replaced later)' : ''}`,
  );
}

function row(step: string, kind: string, tag: string, what: string): string {
  return `${step.padStart(9)}  ${kind.padEnd(9)}  ${tag.padEnd(28)}  ${what}`.trimEnd();
}

/** A record in a few words. */
export function summary(record: Exclude<RunRecord, { kind: 'gap' }> | DumpedGap): string {
  switch (record.kind) {
    case 'scalar':
      return String(record.value);
    case 'image':
      return `${count(record.images.length, 'picture')} of ${record.width}×${record.height}`;
    case 'channels': {
      const { role, channels, height, width, probes } = record;
      return `${role}, ${count(channels, 'channel')} of ${height}×${width} for ${count(probes.length, 'picture')}`;
    }
    case 'histogram':
      return `${count(record.buckets.length / 3, 'bucket')}, ${countOf(record.buckets)} values`;
    case 'text':
      return shortened(record.strings.join(' | '));
    case 'hparams':
      return shortened(`${record.part} ${record.status ?? JSON.stringify(record.values)}`);
    case 'tensor':
      return `${record.dtype} [${record.shape.join(', ')}]`;
    case 'run-start':
      return `${record.start.name}: ${record.start.model.name} on ${record.start.data.name}, ${record.start.plan.totalSteps} steps`;
    case 'run-end':
      return shortened(
        `${record.end.reason} after ${record.end.seconds.toFixed(1)} s ${record.end.error ?? ''}`,
      );
    case 'other':
      return `${record.plugin === '' ? 'no plugin' : record.plugin}, ${count(record.content.length, 'byte')}`;
    case 'gap':
      return `${count(record.length, 'byte')} at ${record.offset}: ${record.reason}`;
  }
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}

function countOf(buckets: Float64Array): number {
  let sum = 0;
  for (let at = 2; at < buckets.length; at += 3) sum += buckets[at]!;
  return sum;
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
