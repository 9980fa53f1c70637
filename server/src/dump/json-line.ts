/** Formats a record as one JSON object. NaN, infinities and steps beyond 2^53 are strings. */
import { createHash } from 'node:crypto';
import { MalformedPictureError } from '@convscope/shared/channels/png.js';
import { MalformedEventError } from '@convscope/shared/event-log/wire-reader.js';
import { printableJson } from '@convscope/shared/printable.js';
import type { ChannelStatistics, RecordOf, RunRecord, Step } from '@convscope/shared/run-record.js';
import { channelValues } from './channel-values.js';

/** The values of longer tensors are omitted, since a line must fit into a string. */
const MAX_VALUES = 4_000_000;

/** A gap with the step and wall time of the event before it in its file; null if there is none. */
export interface DumpedGap {
  readonly kind: 'gap';
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly reason: string;
  readonly step: Step | null;
  readonly wallTime: number | null;
}

export function jsonLine(
  run: string,
  record: Exclude<RunRecord, { kind: 'gap' }> | DumpedGap,
  values: boolean,
  isReplaced = false,
): string {
  const head = {
    run,
    tag: record.kind === 'gap' ? '' : record.tag,
    kind: record.kind,
    step: typeof record.step === 'bigint' ? record.step.toString() : record.step,
    wallTime: record.wallTime === null ? null : jsonNumber(record.wallTime),
    ...(isReplaced ? { replaced: true } : {}),
  };
  // Somebody may look at it in a terminal.
  return printableJson(JSON.stringify({ ...head, ...details(record, values) }));
}

function details(record: Exclude<RunRecord, { kind: 'gap' }> | DumpedGap, values: boolean): object {
  switch (record.kind) {
    case 'scalar':
      return { value: jsonNumber(record.value) };
    case 'image': {
      const { width, height, images } = record;
      return { width, height, count: images.length, sha256: images.map(sha256) };
    }
    case 'channels':
      return { ...channels(record), ...(values ? channelNumbers(record) : {}) };
    case 'histogram':
      return { buckets: rows(record.buckets) };
    case 'text':
      return { shape: record.shape, strings: record.strings };
    case 'hparams':
      return {
        part: record.part,
        values: jsonDeep(record.values),
        ...(record.status ? { status: record.status } : {}),
      };
    case 'tensor':
      return tensor(record, values);
    case 'run-start':
      return { start: record.start };
    case 'run-end':
      return { end: record.end };
    case 'other':
      return { plugin: record.plugin, bytes: record.content.length, sha256: sha256(record.content) };
    case 'gap': {
      const { file, offset, length, reason } = record;
      return { file, offset, length, reason };
    }
  }
}

function channels(record: RecordOf<'channels'>): object {
  const { layer, role, height, width, channels, columns, probes, atlases, lo, hi, nonFinite, statistics } =
    record;
  return {
    ...{ layer, role, height, width, channels, columns, probes },
    count: atlases.length,
    sha256: atlases.map(sha256),
    lo: numbers(lo),
    hi: numbers(hi),
    nonFinite,
    ...(statistics === undefined ? {} : { statistics: statisticsOf(statistics) }),
  };
}

/** The values [picture, channel, y, x], and by how much those of each channel may be off. */
function channelNumbers(record: RecordOf<'channels'>): object {
  const { atlases, channels, height, width } = record;
  const count = atlases.length * channels * height * width;
  if (count > MAX_VALUES) return { omitted: tooMany(count) };
  try {
    const { values, shape, bound } = channelValues(record);
    return { shape, values: numbers(values), bound: numbers(bound) };
  } catch (error) {
    if (!(error instanceof MalformedEventError || error instanceof MalformedPictureError)) throw error;
    return { omitted: error.message };
  }
}

function tooMany(count: number): string {
  return `${count} values exceed the limit of ${MAX_VALUES} per line`;
}

function statisticsOf({ pictures, min, max, mean, std, zeroFraction, nonFinite }: ChannelStatistics): object {
  return {
    pictures,
    min: numbers(min),
    max: numbers(max),
    mean: numbers(mean),
    std: numbers(std),
    zeroFraction: numbers(zeroFraction),
    nonFinite: [...nonFinite],
  };
}

function tensor(record: RecordOf<'tensor'>, values: boolean): object {
  const { dtype, shape, plugin } = record;
  const described = { dtype, shape, plugin, bytes: record.content.length };
  if (!values || record.values === undefined) return described;
  if (record.values.length > MAX_VALUES) {
    return { ...described, omitted: tooMany(record.values.length) };
  }
  return { ...described, values: numbers(record.values) };
}

function rows(flat: Float64Array): (number | string)[][] {
  return Array.from({ length: flat.length / 3 }, (_, row) => numbers(flat.subarray(row * 3, row * 3 + 3)));
}

function numbers(values: Float32Array | Float64Array): (number | string)[] {
  return Array.from<number, number | string>(values, jsonNumber);
}

/** Returns NaN and infinities as strings, since JSON has no numbers for them. */
export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function jsonDeep(values: Readonly<Record<string, string | number | boolean>>): object {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? jsonNumber(value) : value,
    ]),
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
