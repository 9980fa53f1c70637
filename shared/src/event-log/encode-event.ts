/** Encodes records as events, in the forms that TensorBoard reads. */
import type { RecordOf, RunRecord, Step } from '../run-record.js';
import { statisticsFit, writeChannelsGeometry } from './channels-proto.js';
import {
  CONTENT,
  DATA_CLASS_TENSOR,
  EVENT,
  EVENT_LEVEL,
  METADATA,
  PLUGIN,
  PLUGIN_DATA,
  SUMMARY_VALUE,
  TENSOR,
  VALUE,
} from './event-fields.js';
import { boundedRunEnd, runEndJson, runStartJson } from './run-json.js';
import { runEndMarkdown, runStartMarkdown } from './run-markdown.js';
import { writeTensorHead } from './tensor-proto.js';
import { encodeUtf8 } from './utf8.js';
import { WireWriter } from './wire-writer.js';

const DT_FLOAT = 1;
const DT_DOUBLE = 2;
const DT_STRING = 7;
const STRING_VAL = 8;

/** The event that every file begins with. */
export function encodeFileVersion(wallTime: number): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter(48);
  writeWhen(writer, 0, wallTime);
  writer.string(EVENT.fileVersion, 'brain.Event:2');
  return writer.finish();
}

/**
 * Encodes a record as an event, without a frame.
 * @throws for a gap, which only a reader reports, and for a record whose parts do not agree.
 */
export function encodeEvent(record: RunRecord): Uint8Array<ArrayBuffer> {
  if (record.kind === 'gap') throw new Error('A gap is reported by a reader and never written to a file.');
  const capacity = startCapacity(record);
  const writer = capacity > SMALL_BYTES ? new WireWriter(capacity) : small;
  writer.restart();
  writeWhen(writer, record.step, record.wallTime);
  const eventLevel = record.kind === 'other' ? EVENT_LEVEL[record.plugin] : undefined;
  if (record.kind === 'other' && eventLevel !== undefined) writer.bytes(eventLevel.field, record.content);
  else writer.message(EVENT.summary, () => writer.message(SUMMARY_VALUE, () => writeValue(writer, record)));
  const event = writer.finish();
  if (event.length > SMALL_BYTES && writer === small) small = new WireWriter(SMALL_BYTES);
  return event;
}

/** Scalars are frequent, so small records share a buffer. It is replaced if a record makes it large. */
const SMALL_BYTES = 4096;
let small = new WireWriter(SMALL_BYTES);

/** An estimate that covers the record's blobs, so that the buffer seldom grows. */
function startCapacity(record: RunRecord): number {
  let size = 256;
  if (record.kind === 'channels') for (const atlas of record.atlases) size += atlas.length + 16;
  else if (record.kind === 'image') for (const image of record.images) size += image.length + 16;
  else if (record.kind === 'tensor' || record.kind === 'other') size += record.content.length;
  return size;
}

function writeWhen(writer: WireWriter, step: Step, wallTime: number): void {
  if (!Object.is(wallTime, 0)) writer.double(EVENT.wallTime, wallTime);
  const valid = typeof step === 'bigint' ? BigInt.asIntN(64, step) === step : Number.isSafeInteger(step);
  if (!valid) throw new Error(`A step must be a 64-bit integer (a bigint beyond 2^53), not ${step}.`);
  if (step !== 0) writer.int64(EVENT.step, step);
}

function writeValue(writer: WireWriter, record: Exclude<RunRecord, { kind: 'gap' }>): void {
  if (record.kind === 'other') {
    writer.raw(record.content);
    return;
  }
  if (record.tag !== '') writer.string(VALUE.tag, record.tag);
  switch (record.kind) {
    case 'scalar':
      writer.float(VALUE.simpleValue, record.value);
      break;
    case 'channels':
      writeChannels(writer, record);
      break;
    case 'image':
      writeMetadata(writer, PLUGIN.images);
      writeImages(writer, record.width, record.height, record.images);
      break;
    case 'histogram':
      writeHistogram(writer, record);
      break;
    case 'text':
      writeText(writer, record);
      break;
    case 'hparams':
      writeMetadata(writer, PLUGIN.hparams, () => writer.raw(record.content));
      // TensorBoard's own writer adds an empty tensor.
      writer.message(VALUE.tensor, () => writeTensorHead(writer, DT_FLOAT, [0]));
      break;
    case 'tensor':
      writeMetadata(writer, record.plugin, undefined, DATA_CLASS_TENSOR);
      writer.bytes(VALUE.tensor, record.content);
      break;
    case 'run-start':
      writeRunFrame(writer, CONTENT.runStart, runStartJson(record.start), runStartMarkdown(record.start));
      break;
    case 'run-end': {
      const end = boundedRunEnd(record.end);
      writeRunFrame(writer, CONTENT.runEnd, runEndJson(end), runEndMarkdown(end));
      break;
    }
  }
}

function writeText(writer: WireWriter, record: RecordOf<'text'>): void {
  if (record.strings.length !== record.shape.reduce((a, b) => a * b, 1)) {
    throw new Error(
      `A text of shape [${record.shape.join(', ')}] cannot hold ${record.strings.length} strings.`,
    );
  }
  writeMetadata(writer, PLUGIN.text);
  writeStrings(writer, record.shape, record.strings.map(encodeUtf8));
}

function writeRunFrame(writer: WireWriter, field: number, json: string, markdown: string): void {
  writeMetadata(writer, PLUGIN.text, () => writer.string(field, json));
  writeStrings(writer, [], [encodeUtf8(markdown)]);
}

function writeMetadata(writer: WireWriter, plugin: string, content?: () => void, dataClass?: number): void {
  writer.message(VALUE.metadata, () => {
    writer.message(METADATA.pluginData, () => {
      if (plugin !== '') writer.string(PLUGIN_DATA.name, plugin);
      if (content !== undefined) writer.message(PLUGIN_DATA.content, content);
    });
    if (dataClass !== undefined) writer.varint(METADATA.dataClass, dataClass);
  });
}

function writeChannels(writer: WireWriter, record: RecordOf<'channels'>): void {
  const { tag, channels, height, width, columns, probes, atlases, lo, hi, statistics } = record;
  if (probes.length !== atlases.length) {
    throw new Error(`The maps of ${tag} name ${probes.length} probes and hold ${atlases.length} atlases.`);
  }
  const fits = statistics === undefined || statisticsFit(statistics, channels);
  if (lo.length !== channels || hi.length !== channels || !fits) {
    throw new Error(
      `The maps of ${tag} have ${channels} channels, but limits or statistics for another number.`,
    );
  }
  writeMetadata(writer, PLUGIN.images, () => {
    writer.message(CONTENT.channels, () => writeChannelsGeometry(writer, record));
  });
  const rows = columns === 0 ? 0 : Math.ceil(channels / columns);
  writeImages(writer, columns * width, rows * height, atlases);
}

function writeImages(writer: WireWriter, width: number, height: number, images: readonly Uint8Array[]): void {
  const strings = [encodeUtf8(String(width)), encodeUtf8(String(height)), ...images];
  writeStrings(writer, [strings.length], strings);
}

function writeStrings(writer: WireWriter, shape: readonly number[], strings: readonly Uint8Array[]): void {
  writer.message(VALUE.tensor, () => {
    writeTensorHead(writer, DT_STRING, shape);
    for (const string of strings) writer.bytes(STRING_VAL, string);
  });
}

function writeHistogram(writer: WireWriter, record: RecordOf<'histogram'>): void {
  const { buckets } = record;
  if (buckets.length % 3 !== 0) {
    throw new Error(
      `The histogram ${record.tag} has ${buckets.length} numbers, which is not [left, right, count] per bucket.`,
    );
  }
  writeMetadata(writer, PLUGIN.histograms);
  const content = new Uint8Array(buckets.length * 8);
  const view = new DataView(content.buffer);
  for (let at = 0; at < buckets.length; at++) view.setFloat64(at * 8, buckets[at]!, true);
  writer.message(VALUE.tensor, () => {
    writeTensorHead(writer, DT_DOUBLE, [buckets.length / 3, 3]);
    if (content.length > 0) writer.bytes(TENSOR.content, content);
  });
}
