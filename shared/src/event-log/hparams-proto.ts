/** HParamsPluginData (tensorboard/plugins/hparams/plugin_data.proto): the hyperparameters of a session. */
import type { RecordOf } from '../run-record.js';
import { SESSION_STATUSES, type SessionStatus } from './hparams-enums.js';
import { HPARAMS } from './limits.js';
import { BYTES, FIXED64, MalformedEventError, VARINT, WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

const DATA = { version: 1, experiment: 2, sessionStart: 3, sessionEnd: 4 } as const;
const SESSION_HPARAMS = 1;
const SESSION_STATUS = 1;
const MAP = { key: 1, value: 2 } as const;
/** google.protobuf.Value */
const JSON_VALUE = { number: 2, string: 3, bool: 4 } as const;

export const HPARAMS_TAGS = {
  experiment: '_hparams_/experiment',
  'session-start': '_hparams_/session_start_info',
  'session-end': '_hparams_/session_end_info',
} as const;

type HparamsValues = RecordOf<'hparams'>['values'];

/** Reads which part a message is, the hyperparameters of a session start, and the status of a session end. */
export function readHparams(content: Uint8Array): Pick<RecordOf<'hparams'>, 'part' | 'values' | 'status'> {
  const reader = new WireReader(content);
  let part: RecordOf<'hparams'>['part'] | undefined;
  const values: Record<string, string | number | boolean> = {};
  let entries = 0;
  let status: SessionStatus | undefined;
  while (reader.next()) {
    if (reader.wire === BYTES && reader.field === DATA.sessionStart) {
      part = 'session-start';
      entries = readSessionStart(reader.message(), values, entries);
      continue;
    }
    if (reader.wire === BYTES && reader.field === DATA.experiment) part = 'experiment';
    if (reader.wire === BYTES && reader.field === DATA.sessionEnd) {
      part = 'session-end';
      status = readStatus(reader.message());
      continue;
    }
    reader.skip();
  }
  if (part === undefined) {
    throw new MalformedEventError(
      'The hparams event names neither an experiment nor the start or end of a session.',
    );
  }
  return { part, values, ...(part === 'session-end' && status ? { status } : {}) };
}

function readStatus(reader: WireReader): SessionStatus {
  let status: SessionStatus = 'unknown';
  while (reader.next()) {
    if (reader.field === SESSION_STATUS && reader.wire === VARINT)
      status = SESSION_STATUSES[reader.uint()] ?? 'unknown';
    else reader.skip();
  }
  return status;
}

/** @returns the number of entries that were read, after `entries` of them */
function readSessionStart(
  reader: WireReader,
  values: Record<string, string | number | boolean>,
  entries: number,
): number {
  let read = entries;
  while (reader.next()) {
    if (reader.field !== SESSION_HPARAMS || reader.wire !== BYTES) {
      reader.skip();
      continue;
    }
    if (++read > HPARAMS) {
      throw new MalformedEventError(`The hparams event holds more than ${HPARAMS} hyperparameters.`);
    }
    const entry = reader.message();
    let key = '';
    let value: string | number | boolean | undefined;
    while (entry.next()) {
      if (entry.field === MAP.key && entry.wire === BYTES) key = entry.string();
      else if (entry.field === MAP.value && entry.wire === BYTES) value = readJsonValue(entry.message());
      else entry.skip();
    }
    // Not a plain assignment: a key may be `__proto__`.
    if (value !== undefined) {
      Object.defineProperty(values, key, { value, enumerable: true, configurable: true, writable: true });
    }
  }
  return read;
}

/** Returns undefined for lists, structs and null, which TensorBoard's table does not show either. */
export function readJsonValue(reader: WireReader): string | number | boolean | undefined {
  let value: string | number | boolean | undefined;
  while (reader.next()) {
    if (reader.field === JSON_VALUE.number && reader.wire === FIXED64) value = reader.double();
    else if (reader.field === JSON_VALUE.string && reader.wire === BYTES) value = reader.string();
    else if (reader.field === JSON_VALUE.bool && reader.wire === VARINT) value = reader.uint() !== 0;
    else reader.skip();
  }
  return value;
}

/** HParamInfo.type by the type of the values. */
const DATA_TYPE = { string: 1, boolean: 2, number: 3 } as const;

/**
 * Creates the first two of the three records that make a run a row of TensorBoard's hparams table: experiment and
 * session start. `createHparamsEnd` creates the third. Each run has its own `group`, so that rows are never merged.
 */
export function createHparamsStart(
  values: HparamsValues,
  metricTags: readonly string[],
  group: string,
  wallTime: number,
): readonly [experiment: RecordOf<'hparams'>, start: RecordOf<'hparams'>] {
  const experiment = new WireWriter();
  experiment.message(DATA.experiment, () => {
    for (const [name, value] of Object.entries(values)) {
      experiment.message(4, () => {
        experiment.string(1, name);
        experiment.varint(4, DATA_TYPE[typeof value as keyof typeof DATA_TYPE]);
      });
    }
    for (const tag of metricTags) {
      experiment.message(5, () => experiment.message(1, () => experiment.string(2, tag)));
    }
    experiment.double(3, wallTime);
  });
  const start = new WireWriter();
  start.message(DATA.sessionStart, () => {
    for (const [name, value] of Object.entries(values)) {
      start.message(SESSION_HPARAMS, () => {
        start.string(MAP.key, name);
        start.message(MAP.value, () => writeJsonValue(start, value));
      });
    }
    start.string(4, group);
    start.double(5, wallTime);
  });
  return [
    hparamsRecord('experiment', {}, experiment.finish(), wallTime),
    hparamsRecord('session-start', values, start.finish(), wallTime),
  ];
}

/** Creates the record of a session's end, with the status in TensorBoard's terms. */
export function createHparamsEnd(status: 'success' | 'failure', wallTime: number): RecordOf<'hparams'> {
  const end = new WireWriter();
  end.message(DATA.sessionEnd, () => {
    end.varint(1, status === 'success' ? 1 : 2);
    end.double(2, wallTime);
  });
  return { ...hparamsRecord('session-end', {}, end.finish(), wallTime), status };
}

function writeJsonValue(writer: WireWriter, value: string | number | boolean): void {
  if (typeof value === 'number') writer.double(JSON_VALUE.number, value);
  else if (typeof value === 'string') writer.string(JSON_VALUE.string, value);
  else writer.varint(JSON_VALUE.bool, value ? 1 : 0);
}

function hparamsRecord(
  part: RecordOf<'hparams'>['part'],
  values: HparamsValues,
  content: Uint8Array,
  wallTime: number,
): RecordOf<'hparams'> {
  return { kind: 'hparams', tag: HPARAMS_TAGS[part], step: 0, wallTime, part, values, content };
}
