/**
 * Decodes events into records. The same bytes go from the trainer to the hub, the disk, the page and a replay.
 *
 * An event is a tensorflow.Event without its frame. Other writers (TF2, torch) put a tag's metadata only on the tag's
 * first event in a file, so a reader of files must remember it: use `createEventDecoder`. convscope writes the metadata
 * with every event, because its blobs are read one at a time, by offset.
 */
import { type RecordKind, type Step, toStep } from '../run-record.js';
import { EVENT, EVENT_LEVEL, METADATA, PLUGIN, PLUGIN_DATA, SUMMARY_VALUE, VALUE } from './event-fields.js';
import { EVENT_PARTS, EVENT_VALUES, NAME_BYTES, TAG_BYTES } from './limits.js';
import { type SummaryValue, summaryValue, UNKNOWN_PLUGIN, type ValueParts } from './summary-value.js';
import { BYTES, FIXED32, FIXED64, MalformedEventError, VARINT, WireReader } from './wire-reader.js';

export { encodeEvent, encodeFileVersion } from './encode-event.js';
export type { SummaryValue } from './summary-value.js';

export interface DecodedEvent {
  readonly wallTime: number;
  readonly step: Step;
  /** `brain.Event:2` on a file's first event. */
  readonly fileVersion?: string;
  /** A writer restarted here (torch's purge_step): earlier points at or after this step are void. */
  readonly sessionStart?: true;
  readonly values: readonly SummaryValue[];
}

export interface DecodeOptions {
  /**
   * The kind of a tag's values (as in `TagSummary.kind`), as found by a reader of the whole file, or undefined if it is
   * not known. An event that is read alone may lack its metadata.
   */
  readonly kindOf?: (tag: string) => RecordKind | undefined;
}

/**
 * Decodes a single event. The values are views of `data`: do not use them after `data` changes.
 * @throws MalformedEventError if the bytes are not an event.
 */
export function decodeEvent(data: Uint8Array, options: DecodeOptions = {}): DecodedEvent {
  const kindOf = options.kindOf ?? (() => undefined);
  return decode(data, (tag) => pluginOfKind(kindOf(tag)));
}

export interface EventDecoder {
  /** Like the function `decodeEvent`, with the metadata that earlier events stated for their tags. */
  decodeEvent(data: Uint8Array): DecodedEvent;
  /** The plugins that were stated so far, by tag, in the order in which they were stated. */
  readonly plugins: ReadonlyMap<string, string>;
}

/**
 * A decoder for the events of one file, in file order. It remembers the plugin of up to `maxTags` tags, with names of up
 * to `maxNameBytes` in total; values of further tags that lack their metadata are read as plain tensors. `known` are the
 * plugins that an earlier decoder of the file remembered.
 */
export function createEventDecoder(
  options: { maxTags?: number; maxNameBytes?: number; known?: ReadonlyMap<string, string> } = {},
): EventDecoder {
  const { maxTags = 100_000, maxNameBytes = 16 * 1024 * 1024, known = [] } = options;
  const plugins = new Map<string, string>();
  let nameBytes = 0;
  const remember = (tag: string, plugin: string): void => {
    const size = tag.length + plugin.length;
    if (plugins.has(tag) || plugins.size >= maxTags || nameBytes + size > maxNameBytes) return;
    nameBytes += size;
    plugins.set(tag, plugin);
  };
  for (const [tag, plugin] of known) remember(tag, plugin);
  return { decodeEvent: (data) => decode(data, (tag) => plugins.get(tag), remember), plugins };
}

/** The plugin whose values have this kind. */
function pluginOfKind(kind: RecordKind | undefined): string | undefined {
  switch (kind) {
    case 'scalar':
      return PLUGIN.scalars;
    case 'image':
    case 'channels':
      return PLUGIN.images;
    case 'histogram':
      return PLUGIN.histograms;
    case 'text':
    case 'run-start':
    case 'run-end':
      return PLUGIN.text;
    case 'hparams':
      return PLUGIN.hparams;
    case 'other':
      return UNKNOWN_PLUGIN;
    default:
      return undefined;
  }
}

function decode(
  data: Uint8Array,
  pluginOf: (tag: string) => string | undefined,
  remember?: (tag: string, plugin: string) => void,
): DecodedEvent {
  const reader = new WireReader(data);
  let wallTime = 0;
  let step: Step = 0;
  let fileVersion: string | undefined;
  let sessionStart = false;
  const parts: ValueParts[] = [];
  let valuesLeft = EVENT_VALUES;
  let eventLevel: { plugin: string; content: Uint8Array }[] | undefined;
  while (reader.next()) {
    const { field, wire } = reader;
    if (field === EVENT.wallTime && wire === FIXED64) wallTime = reader.double();
    else if (field === EVENT.step && wire === VARINT) step = readStep(reader);
    else if (wire !== BYTES) reader.skip();
    else if (field === EVENT.summary) valuesLeft = readSummary(reader, parts, valuesLeft);
    else if (field === EVENT.fileVersion) fileVersion = reader.shortString(NAME_BYTES, 'a file version');
    else if (field === EVENT.sessionLog) sessionStart = readSessionStatus(reader.message()) === 1;
    else {
      const plugin = eventLevelPlugin(field);
      if (plugin === undefined) reader.skip();
      else {
        eventLevel ??= [];
        if (eventLevel.length === EVENT_PARTS) {
          throw new MalformedEventError(
            `The event holds more than ${EVENT_PARTS} graphs, log messages and run metadata.`,
          );
        }
        eventLevel.push({ plugin, content: reader.view() });
      }
    }
  }
  const values: SummaryValue[] = [];
  for (const part of parts) {
    if (part.plugin !== undefined && part.form !== 'simple') remember?.(part.tag, part.plugin);
    // As in TensorBoard, the first plugin stated for a tag wins. Scalars need no look-up.
    const plugin = part.form === 'simple' ? part.plugin : (pluginOf(part.tag) ?? part.plugin);
    values.push(summaryValue(data, part, plugin ?? '', step, wallTime));
  }
  for (const { plugin, content } of eventLevel ?? [])
    values.push(eventLevelValue(plugin, content, step, wallTime));
  if (fileVersion === undefined && !sessionStart) return { wallTime, step, values };
  return {
    wallTime,
    step,
    ...(fileVersion === undefined ? {} : { fileVersion }),
    ...(sessionStart ? { sessionStart } : {}),
    values,
  };
}

function readStep(reader: WireReader): Step {
  const at = reader.at;
  const step = reader.uint();
  if (step <= Number.MAX_SAFE_INTEGER) return step;
  reader.at = at;
  return toStep(reader.int64());
}

function readSessionStatus(reader: WireReader): number {
  let status = 0;
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === VARINT) status = reader.uint();
    else reader.skip();
  }
  return status;
}

/**
 * Reads the summary at the reader's position. Narrowing the reader avoids allocating one per message. Returns how many
 * more values the event may hold. Values that state nothing count as well, since a byte or two makes one.
 */
function readSummary(reader: WireReader, parts: ValueParts[], valuesLeft: number): number {
  let left = valuesLeft;
  const outer = reader.end;
  const length = reader.length();
  const end = reader.at + length;
  reader.end = end;
  while (reader.next()) {
    if (reader.field !== SUMMARY_VALUE || reader.wire !== BYTES) {
      reader.skip();
      continue;
    }
    const size = reader.length();
    reader.end = reader.at + size;
    if (--left < 0) throw new MalformedEventError(`The event holds more than ${EVENT_VALUES} values.`);
    const value = readValue(reader);
    reader.end = end;
    if (value !== undefined) parts.push(value);
  }
  reader.end = outer;
  return left;
}

/** Undefined for a value without data or a plugin, which states nothing. */
function readValue(reader: WireReader): ValueParts | undefined {
  const start = reader.at;
  const { end } = reader;
  let tag = '';
  let form: ValueParts['form'] = 'none';
  let simple = 0;
  let dataStart = -1;
  let dataEnd = -1;
  let plugin: string | undefined;
  let contentStart = -1;
  let contentEnd = -1;
  while (reader.next()) {
    const { field, wire } = reader;
    if (field === VALUE.tag && wire === BYTES) tag = reader.shortString(TAG_BYTES, 'a tag');
    else if (field === VALUE.simpleValue && wire === FIXED32) {
      form = 'simple';
      simple = reader.float();
    } else if (field === VALUE.metadata && wire === BYTES) {
      const metadata = readMetadata(reader.message());
      plugin = metadata.plugin;
      contentStart = metadata.contentStart;
      contentEnd = metadata.contentEnd;
    } else if (wire === BYTES && formOf(field) !== 'none') {
      form = formOf(field);
      const length = reader.length();
      dataStart = reader.at;
      dataEnd = reader.at + length;
      reader.at = dataEnd;
    } else reader.skip();
  }
  if (form !== 'simple' && dataStart === dataEnd && plugin === undefined) return undefined;
  return { tag, start, end, form, simple, dataStart, dataEnd, plugin, contentStart, contentEnd };
}

function formOf(field: number): ValueParts['form'] {
  if (field === VALUE.tensor) return 'tensor';
  if (field === VALUE.image) return 'image';
  if (field === VALUE.histo) return 'histo';
  return field === VALUE.audio ? 'audio' : 'none';
}

function readMetadata(reader: WireReader): Pick<ValueParts, 'plugin' | 'contentStart' | 'contentEnd'> {
  let plugin: string | undefined;
  let contentStart = -1;
  let contentEnd = -1;
  while (reader.next()) {
    if (reader.field !== METADATA.pluginData || reader.wire !== BYTES) {
      reader.skip();
      continue;
    }
    const pluginData = reader.message();
    plugin = '';
    while (pluginData.next()) {
      if (pluginData.field === PLUGIN_DATA.name && pluginData.wire === BYTES) {
        plugin = pluginData.shortString(NAME_BYTES, 'the name of a plugin');
      } else if (pluginData.field === PLUGIN_DATA.content && pluginData.wire === BYTES) {
        const length = pluginData.length();
        contentStart = pluginData.at;
        contentEnd = pluginData.at + length;
        pluginData.at = contentEnd;
      } else pluginData.skip();
    }
  }
  return { plugin, contentStart, contentEnd };
}

function eventLevelPlugin(field: number): string | undefined {
  return Object.keys(EVENT_LEVEL).find((name) => EVENT_LEVEL[name]!.field === field);
}

function eventLevelValue(plugin: string, content: Uint8Array, step: Step, wallTime: number): SummaryValue {
  const { tag } = EVENT_LEVEL[plugin]!;
  return {
    tag,
    kind: 'other',
    plugin,
    toRecord: () => ({ kind: 'other', tag, step, wallTime, plugin, content: new Uint8Array(content) }),
  };
}
