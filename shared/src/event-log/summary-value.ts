/** One value of a summary: its kind at little cost, and the whole record on demand. */
import type { RecordKind, RunRecord, Step } from '../run-record.js';
import { readChannelsGeometry } from './channels-proto.js';
import { CONTENT, IMAGE, PLUGIN } from './event-fields.js';
import { readHistogramProto } from './histogram-proto.js';
import { readHparams } from './hparams-proto.js';
import { readRunEnd, readRunStart } from './run-json.js';
import { shortTag } from './short-text.js';
import { isNumeric } from './tensor-dtypes.js';
import { readTensorHead, readTensorStrings, readTensorValues, type TensorHead } from './tensor-proto.js';
import { decodeUtf8 } from './utf8.js';
import { BYTES, MalformedEventError, VARINT, WireReader } from './wire-reader.js';

/**
 * A value in an event. `kind`, `plugin` and `scalar` are already known; `toRecord` decodes the rest and copies what it
 * keeps, so that the record outlives the bytes. It throws MalformedEventError if the value cannot be read as its kind.
 */
export interface SummaryValue {
  readonly tag: string;
  readonly kind: RecordKind;
  /** TensorBoard's plugin, as named by the value or an earlier one of its tag; empty if neither names one. */
  readonly plugin: string;
  /** The value of a scalar: a float32 as a double, or the float64 of torch's double_precision as stored. */
  readonly scalar?: number;
  toRecord(): RunRecord;
}

/** Where the parts of a Summary.Value lie in the event's bytes; −1 for a missing part. */
export interface ValueParts {
  readonly tag: string;
  readonly start: number;
  readonly end: number;
  /** The field of the value that holds the data. */
  readonly form: 'simple' | 'image' | 'histo' | 'audio' | 'tensor' | 'none';
  readonly simple: number;
  readonly dataStart: number;
  readonly dataEnd: number;
  /** Undefined if the value has no metadata of its own. */
  readonly plugin: string | undefined;
  readonly contentStart: number;
  readonly contentEnd: number;
}

/** Stands for the plugin of a value that is decoded alone and known to be of kind `other`. */
export const UNKNOWN_PLUGIN = 'unknown';

/** Whether a plugin's tensors are not meant to be plotted, even if they are numeric. */
function isOpaque(plugin: string): boolean {
  return plugin === PLUGIN.audio || plugin === UNKNOWN_PLUGIN || plugin.startsWith('graph');
}

/** Classifies a value. `plugin` comes from this value or an earlier one of its tag. */
export function summaryValue(
  bytes: Uint8Array,
  parts: ValueParts,
  plugin: string,
  step: Step,
  wallTime: number,
): SummaryValue {
  if (parts.form === 'simple') {
    const { tag, simple } = parts;
    return {
      tag,
      kind: 'scalar',
      plugin,
      scalar: simple,
      toRecord: () => ({ kind: 'scalar', tag, step, wallTime, value: simple }),
    };
  }
  const head = parts.form === 'tensor' ? readTensorHead(bytes, parts.dataStart, parts.dataEnd) : undefined;
  const kind = classify(bytes, parts, plugin, head);
  // TensorFlow 1 wrote sounds in a field of their own, without naming the plugin.
  const named = plugin === '' && parts.form === 'audio' ? PLUGIN.audio : plugin;
  const value = { tag: parts.tag, kind, plugin: named };
  if (kind === 'scalar' && head !== undefined) {
    const scalar = scalarOf(bytes, parts, head);
    return { ...value, scalar, toRecord: () => ({ kind, tag: parts.tag, step, wallTime, value: scalar }) };
  }
  return { ...value, toRecord: () => readRecord(bytes, parts, named, kind, head, step, wallTime) };
}

function classify(
  bytes: Uint8Array,
  parts: ValueParts,
  plugin: string,
  head: TensorHead | undefined,
): RecordKind {
  if (parts.form === 'image') return 'image';
  if (parts.form === 'histo') return 'histogram';
  if (plugin === PLUGIN.hparams && parts.contentEnd > parts.contentStart) return 'hparams';
  if (head === undefined) return 'other';
  const numeric = isNumeric(head.layout);
  const strings = head.layout?.name === 'string';
  if (plugin === PLUGIN.scalars && numeric && head.shape.length === 0) return 'scalar';
  if (plugin === PLUGIN.images && strings)
    return hasContent(bytes, parts, CONTENT.channels) ? 'channels' : 'image';
  if (plugin === PLUGIN.histograms && numeric && head.shape.length === 2 && head.shape[1] === 3)
    return 'histogram';
  if (plugin === PLUGIN.text && strings) {
    if (hasContent(bytes, parts, CONTENT.runStart)) return 'run-start';
    return hasContent(bytes, parts, CONTENT.runEnd) ? 'run-end' : 'text';
  }
  if (plugin === '' || plugin === PLUGIN.tensor) return 'tensor';
  // Numbers of an unknown plugin are read as a tensor; its other values are kept unchanged.
  return numeric && !isOpaque(plugin) ? 'tensor' : 'other';
}

function hasContent(bytes: Uint8Array, parts: ValueParts, field: number): boolean {
  return contentField(bytes, parts, field) !== undefined;
}

/** The bytes of a convscope field in the plugin's content. */
function contentField(bytes: Uint8Array, parts: ValueParts, field: number): Uint8Array | undefined {
  if (parts.contentEnd <= parts.contentStart) return undefined;
  const reader = new WireReader(bytes, parts.contentStart, parts.contentEnd);
  try {
    while (reader.next()) {
      if (reader.field === field && reader.wire === BYTES) return reader.view();
      reader.skip();
    }
  } catch (error) {
    // Other writers may put anything here, JSON for example; then it has no convscope field.
    if (!(error instanceof MalformedEventError)) throw error;
  }
  return undefined;
}

function scalarOf(bytes: Uint8Array, parts: ValueParts, head: TensorHead): number {
  const values = readTensorValues(bytes, parts.dataStart, parts.dataEnd, head);
  if (values === undefined)
    throw new MalformedEventError(`The scalar ${shortTag(parts.tag)} holds a damaged tensor.`);
  return values[0]!;
}

function readRecord(
  bytes: Uint8Array,
  parts: ValueParts,
  plugin: string,
  kind: RecordKind,
  head: TensorHead | undefined,
  step: Step,
  wallTime: number,
): RunRecord {
  const { tag, dataStart, dataEnd } = parts;
  const base = { tag, step, wallTime };
  const required = (field: number): Uint8Array => {
    const content = contentField(bytes, parts, field);
    if (content === undefined)
      throw new MalformedEventError(`The event of ${shortTag(tag)} lacks its plugin content.`);
    return content;
  };
  if (kind === 'image' && head === undefined) {
    return { kind, ...base, ...readFirstFormImage(new WireReader(bytes, dataStart, dataEnd)) };
  }
  if (kind === 'histogram' && head === undefined) {
    return { kind, ...base, buckets: readHistogramProto(new WireReader(bytes, dataStart, dataEnd)) };
  }
  if (kind === 'hparams') {
    const content = bytes.slice(parts.contentStart, parts.contentEnd);
    return { kind, ...base, ...readHparams(content), content };
  }
  if (kind === 'run-start') return { kind, ...base, start: readRunStart(required(CONTENT.runStart)) };
  if (kind === 'run-end') return { kind, ...base, end: readRunEnd(required(CONTENT.runEnd)) };
  if (head === undefined || kind === 'other') {
    return { kind: 'other', ...base, plugin, content: bytes.slice(parts.start, parts.end) };
  }
  if (kind === 'image' || kind === 'channels') {
    const image = readImageStrings(readTensorStrings(bytes, dataStart, dataEnd, head), tag);
    if (kind === 'image') return { kind, ...base, ...image };
    const geometry = readChannelsGeometry(new WireReader(required(CONTENT.channels)));
    if (geometry.probes.length !== image.images.length) {
      throw new MalformedEventError(
        `The maps of ${shortTag(tag)} name ${geometry.probes.length} probes and hold ${image.images.length} atlases.`,
      );
    }
    return { kind, ...base, ...geometry, atlases: image.images };
  }
  if (kind === 'histogram') {
    const values = readTensorValues(bytes, dataStart, dataEnd, head);
    if (values === undefined)
      throw new MalformedEventError(`The histogram ${shortTag(tag)} holds a damaged tensor.`);
    return { kind, ...base, buckets: Float64Array.from(values) };
  }
  if (kind === 'text') {
    const strings = readTensorStrings(bytes, dataStart, dataEnd, head).map((string) => decodeUtf8(string));
    const fits = head.elements === strings.length;
    return { kind, ...base, strings, shape: fits ? [...head.shape] : [strings.length] };
  }
  const values = readTensorValues(bytes, dataStart, dataEnd, head);
  const tensor = {
    kind: 'tensor' as const,
    ...base,
    dtype: head.layout?.name ?? ('other' as const),
    shape: [...head.shape],
    plugin,
    content: bytes.slice(dataStart, dataEnd),
  };
  return values === undefined ? tensor : { ...tensor, values };
}

/** Reads a Summary.Image (torch, TF1). */
function readFirstFormImage(reader: WireReader): { width: number; height: number; images: Uint8Array[] } {
  let width = 0;
  let height = 0;
  const images: Uint8Array[] = [];
  while (reader.next()) {
    if (reader.field === IMAGE.width && reader.wire === VARINT) width = reader.uint();
    else if (reader.field === IMAGE.height && reader.wire === VARINT) height = reader.uint();
    else if (reader.field === IMAGE.encoded && reader.wire === BYTES) images[0] = reader.copy();
    else reader.skip();
  }
  return { width, height, images };
}

/** Reads [width, height, picture…], as TF2 and convscope write it. */
function readImageStrings(
  strings: readonly Uint8Array[],
  tag: string,
): { width: number; height: number; images: Uint8Array[] } {
  const [first, second, ...pictures] = strings;
  const width = first === undefined ? '' : decodeUtf8(first);
  const height = second === undefined ? '' : decodeUtf8(second);
  if (!/^\d{1,9}$/.test(width) || !/^\d{1,9}$/.test(height)) {
    throw new MalformedEventError(`The images of ${shortTag(tag)} do not begin with their width and height.`);
  }
  return {
    width: Number(width),
    height: Number(height),
    images: pictures.map((picture) => new Uint8Array(picture)),
  };
}
