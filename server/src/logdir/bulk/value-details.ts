/**
 * What the index needs of a value besides its place, as JSON: of a run's start and end all of it, of a session's
 * hyperparameters the values, and of a session's end its status, in a list.
 */
import type { SummaryValue } from '@convscope/shared/event-log/decode-event.js';
import { SESSION_STATUSES } from '@convscope/shared/event-log/hparams-enums.js';
import { readRunEnd, readRunStart } from '@convscope/shared/event-log/run-json.js';
import { MalformedEventError } from '@convscope/shared/event-log/wire-reader.js';
import { READ_AT_ONCE } from '@convscope/shared/log-index/run-index.js';
import type { RecordOf, RunRecord } from '@convscope/shared/run-record.js';
import { z } from '@convscope/shared/zod.js';
import type { SegmentValue } from './segment.js';

const NOTHING = new Uint8Array(0);

const sessionSchema = z.union([
  z.tuple([z.enum(SESSION_STATUSES)]),
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
]);

/** The detail of a value; undefined if it needs none, and a sentence if it cannot be read. */
export function detailOf(value: SummaryValue): Uint8Array | string | undefined {
  if (!READ_AT_ONCE.has(value.kind)) return undefined;
  try {
    const record = value.toRecord();
    if (record.kind === 'run-start') return json(record.start);
    if (record.kind === 'run-end') return json(record.end);
    if (record.kind !== 'hparams') return undefined;
    if (record.part === 'session-start') return json(finite(record.values));
    return record.status === undefined ? undefined : json([record.status]);
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    return error.message;
  }
}

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** JSON has no NaN and no infinity; the index lists them as text in any case. */
function finite(values: Readonly<Record<string, string | number | boolean>>) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ]),
  );
}

/** A value of a segment as the index takes it. Its record holds what the index needs, and no more. */
export function summaryValueOf(value: SegmentValue, step: number, wallTime: number): SummaryValue {
  const { tag, kind, plugin } = value;
  return { tag, kind, plugin, toRecord: () => recordOf(value, step, wallTime) };
}

function recordOf({ tag, kind, plugin, detail }: SegmentValue, step: number, wallTime: number): RunRecord {
  const base = { tag, step, wallTime };
  if (typeof detail === 'string') throw new MalformedEventError(detail);
  if (detail !== undefined) {
    if (kind === 'run-start') return { kind, ...base, start: readRunStart(detail) };
    if (kind === 'run-end') return { kind, ...base, end: readRunEnd(detail) };
    return { kind: 'hparams', ...base, ...sessionOf(detail), content: NOTHING };
  }
  return { kind: 'other', ...base, plugin, content: NOTHING };
}

function sessionOf(detail: Uint8Array): Pick<RecordOf<'hparams'>, 'part' | 'values' | 'status'> {
  try {
    const found = sessionSchema.parse(JSON.parse(Buffer.from(detail).toString()));
    return Array.isArray(found)
      ? { part: 'session-end', values: {}, status: found[0] }
      : { part: 'session-start', values: found };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.core.$ZodError)) throw error;
    throw new MalformedEventError('The hyperparameters in the index are damaged.');
  }
}
