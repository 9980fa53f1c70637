/** The decoders: nothing but their declared errors leaves them, and what they return is bounded by the bytes they were given. */
import { unzlibSync } from 'fflate';
import { decodeChannels } from '../../channels/channels-record.js';
import { decodePng, type Inflate, MalformedPictureError } from '../../channels/png.js';
import { isCutEvent } from '../../event-log/cut-event.js';
import {
  createEventDecoder,
  type DecodedEvent,
  decodeEvent,
  type SummaryValue,
} from '../../event-log/decode-event.js';
import { DEFLATE_RATIO, EVENT_VALUES, REPEATED_ELEMENTS, TAG_BYTES } from '../../event-log/limits.js';
import { readTensorHead, readTensorStrings, readTensorValues } from '../../event-log/tensor-proto.js';
import { MalformedEventError } from '../../event-log/wire-reader.js';
import type { RecordKind } from '../../run-record.js';
import { wildEvent, wildTensor } from './events.js';
import { mutated } from './mutate.js';
import { pngOf } from './pictures.js';
import type { Random } from './random.js';
import { Finding, type FuzzTarget, type Outcome, onlyDeclared, type Samples } from './target.js';

const PARTS = 20;
/** What a record may take for each byte of its event, and besides: repeated elements and strings take more. */
const BYTES_PER_BYTE = 40;
const BYTES_BESIDES = 8 * REPEATED_ELEMENTS + 1_000_000;

function damagedEvent(random: Random, { events }: Samples): Uint8Array {
  return random() < 0.7 ? mutated(random, random.pick(events), events) : wildEvent(random);
}

/** @param inflate of the program that reads the maps: each has errors and limits of its own */
export function eventTarget(samples: Samples, inflate: Inflate): FuzzTarget {
  return (random) => {
    const data = damagedEvent(random, samples);
    let event: DecodedEvent | undefined;
    const outcome = onlyDeclared('Decoding an event', data, [MalformedEventError], () => {
      event = createEventDecoder().decodeEvent(data);
    });
    if (event === undefined) return outcome;
    if (isCutEvent(data)) throw new Finding('An event that can be read is called cut', data);
    if (event.values.length > EVENT_VALUES)
      throw new Finding(`${event.values.length} values were read`, data);
    for (const value of event.values.slice(0, PARTS)) readValue(data, value, inflate);
    return outcome;
  };
}

function readValue(data: Uint8Array, value: SummaryValue, inflate: Inflate): void {
  if (value.tag.length > TAG_BYTES) throw new Finding(`A tag has ${value.tag.length} characters`, data);
  onlyDeclared(`Reading a ${value.kind}`, data, [MalformedEventError], () => {
    const record = value.toRecord();
    const size = sizeOf(record);
    if (size > BYTES_PER_BYTE * data.length + BYTES_BESIDES) {
      throw new Finding(`A ${value.kind} of ${data.length} bytes takes ${size}`, data);
    }
    if (record.kind !== 'channels') return;
    for (let position = 0; position < Math.min(3, record.atlases.length); position++) {
      onlyDeclared('Decoding maps', data, [MalformedEventError, MalformedPictureError], () => {
        const maps = decodeChannels(record, position, inflate);
        if (maps.codes.length > DEFLATE_RATIO * data.length) {
          throw new Finding(`${data.length} bytes became ${maps.codes.length} places`, data);
        }
        maps.values();
      });
    }
  });
}

/** Bytes in memory, roughly. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength + 100;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce<number>((sum, part) => sum + sizeOf(part) + 8, 32);
}

const inflate: Inflate = (bytes, size) => unzlibSync(bytes, { out: new Uint8Array(size + 1) });

export function pictureTarget({ pictures }: Samples, inflateBytes: Inflate = inflate): FuzzTarget {
  return (random) => {
    const png = random() < 0.5 ? pngOf(random) : mutated(random, random.pick(pictures), pictures);
    return onlyDeclared('Decoding a PNG', png, [MalformedPictureError], () => {
      const { width, height, channels, pixels } = decodePng(png, inflateBytes);
      if (pixels.length !== width * height * channels)
        throw new Finding(`${pixels.length} pixels were read`, png);
      if (pixels.length > DEFLATE_RATIO * png.length) {
        throw new Finding(`${png.length} bytes became ${pixels.length}`, png);
      }
    });
  };
}

export function tensorTarget(): FuzzTarget {
  return (random) => {
    const wild = wildTensor(random);
    const data = random() < 0.5 ? wild : mutated(random, wild, [wildTensor(random)]);
    return onlyDeclared('Reading a tensor', data, [MalformedEventError], () => {
      const head = readTensorHead(data, 0, data.length);
      const values = readTensorValues(data, 0, data.length, head);
      if (values !== undefined && values.length > Math.max(2 * REPEATED_ELEMENTS, data.length)) {
        throw new Finding(`${data.length} bytes became ${values.length} values`, data);
      }
      readTensorStrings(data, 0, data.length, head);
    });
  };
}

/** The page's decoder, which is given here, as it belongs to another workspace. */
export interface PageDecoder {
  readonly decodeForDrawing: (request: { bytes: Uint8Array; tag: string; kind: RecordKind }) => unknown;
  readonly decodePicture: (
    request: { bytes: Uint8Array; tag: string; kind: RecordKind },
    probe: number,
  ) => unknown;
  /** What an intact record that is not drawn gives. */
  readonly UndrawableRecordError: new (
    message: string,
  ) => Error;
}

const DRAWN: ReadonlySet<RecordKind> = new Set([
  'channels',
  'tensor',
  'image',
  'histogram',
  'text',
  'hparams',
  'other',
  'run-start',
  'run-end',
]);
const KINDS: readonly RecordKind[] = [
  'channels',
  'tensor',
  'image',
  'run-start',
  'run-end',
  'histogram',
  'text',
  'hparams',
  'other',
  'scalar',
];

export function pageTarget({ events, pictures }: Samples, page: PageDecoder): FuzzTarget {
  const samples = { events: events.filter(isDrawn), pictures };
  const undrawable = new page.UndrawableRecordError('').name;
  const declared = [MalformedEventError.name, MalformedPictureError.name, undrawable];
  return (random) => {
    const bytes = damagedEvent(random, samples);
    const { tag, kind } = valueFor(random, bytes);
    let outcome: Outcome = 'read';
    try {
      page.decodeForDrawing({ bytes, tag, kind });
    } catch (error) {
      // The decoder may be a bundle with classes of its own, so the names are compared.
      const name = error instanceof Error ? error.name : '';
      if (!declared.includes(name))
        throw new Finding(`The page's decoder threw ${String(error)}`, bytes, error);
      outcome = 'refused';
    }
    try {
      page.decodePicture({ bytes, tag, kind }, 0);
    } catch (error) {
      throw new Finding(`The page's decoder of one picture threw ${String(error)}`, bytes, error);
    }
    return outcome;
  };
}

function isDrawn(event: Uint8Array): boolean {
  try {
    return decodeEvent(event).values.some(({ kind }) => DRAWN.has(kind));
  } catch (error) {
    if (error instanceof MalformedEventError) return false;
    throw error;
  }
}

/** Mostly a record that the event holds, so that it is decoded further. */
function valueFor(random: Random, bytes: Uint8Array): { tag: string; kind: RecordKind } {
  const other = { tag: 'a', kind: random.pick(KINDS) };
  try {
    const { values } = decodeEvent(bytes);
    return values.length > 0 && random() < 0.9 ? random.pick(values) : other;
  } catch (error) {
    if (error instanceof MalformedEventError) return other;
    throw new Finding(`Decoding an event threw ${String(error)}`, bytes, error);
  }
}
