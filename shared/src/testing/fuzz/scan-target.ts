/** The scanner of scalars: with it, every file reads as without it, however its bytes arrive. */
import { encodeFrame } from '../../event-log/frame.js';
import type { FrameReader } from '../../event-log/frame-reader.js';
import { EventScanner } from '../../event-log/scan-events.js';
import { type ReadLog, readLog } from '../read-log.js';
import { bytesField, doubleField, numberField, textField, wildEvent } from './events.js';
import { damagedFile, HELD_BYTES, pushParts, pushWanted } from './frame-target.js';
import { joined, mutated, varint } from './mutate.js';
import { type Random, randomFrom } from './random.js';
import { Finding, type FuzzTarget, type Samples } from './target.js';

const FRAMES = 12;

type Scanner = Pick<EventScanner, 'scan'>;

export function scanTarget({ events }: Samples, by: Scanner = new EventScanner()): FuzzTarget {
  return (random) => {
    const frames = Array.from({ length: FRAMES }, () => encodeFrame(eventOf(random, events)));
    // The scanner is not asked in and right behind damage.
    const bytes = joined(...frames.slice(0, random.int(FRAMES)), damagedFile(random, frames).bytes);
    const reference = readLog(bytes, (reader) => reader.push(bytes), { isScanned: false });
    const whole = readLog(bytes, (reader) => reader.push(bytes), { isScanned: true, by });
    same(bytes, reference, whole, 'scanned');
    const parts = readLog(bytes, (reader) => pushParts(random, reader, bytes), { isScanned: true, by });
    same(bytes, reference, parts, 'scanned in parts');
    const again = readLog(bytes, (reader) => pushWanted(random, reader, bytes), {
      ...{ isScanned: true, by },
      holdBytes: HELD_BYTES,
    });
    // What is dropped and wanted again is not pending.
    same(bytes, reference, { ...again, pendingBytes: reference.pendingBytes }, 'scanned and read again');
    return whole.scanned > 0 ? 'read' : 'refused';
  };
}

/** Bytes that a reader of short files may hold, so that it wants the frames of most of them again. */
const HELD_OF_SHORT = 32;
const SHORT_EVENT_BYTES = 200;
const SHORT_FILES = 256;

/**
 * The same for files of a few short frames, a hundred times cheaper: one of them is changed, within its checksum or not,
 * and the file is read twice, by one of the ways that bytes may arrive.
 */
export function shortScanTarget({ events }: Samples, by: Scanner = new EventScanner()): FuzzTarget {
  const short = events.filter(({ length }) => length <= SHORT_EVENT_BYTES);
  const making = randomFrom(1);
  const scalars = Array.from({ length: SHORT_FILES }, () => scalarEvent(making)).filter(
    ({ length }) => length <= SHORT_EVENT_BYTES,
  );
  const files = Array.from({ length: SHORT_FILES }, () =>
    Array.from({ length: 1 + making.int(4) }, () => making.pick(making() < 0.7 ? scalars : short)),
  );
  return (random) => {
    const file = random.pick(files);
    const changed = random.int(file.length);
    const isWithin = random() < 0.7;
    const frames = file.map((event, at) =>
      encodeFrame(isWithin && at === changed ? mutated(random, event, short) : event),
    );
    const intact = joined(...frames);
    const bytes = isWithin || random() < 0.05 ? intact : mutated(random, intact, short);
    const reference = readLog(bytes, (reader) => reader.push(bytes), { isScanned: false });
    const way = random.int(3);
    const holdBytes = way === 2 ? HELD_OF_SHORT : undefined;
    const log = readLog(
      bytes,
      (reader) => {
        if (way === 0) reader.push(bytes);
        else if (way === 1) pushFew(random, reader, bytes);
        else pushWanted(random, reader, bytes);
      },
      { isScanned: true, by, ...(holdBytes === undefined ? {} : { holdBytes }) },
    );
    // What is dropped and wanted again is not pending.
    const { pendingBytes } = way === 2 ? reference : log;
    same(bytes, reference, { ...log, pendingBytes }, WAYS[way] ?? '');
    return log.scanned > 0 ? 'read' : 'refused';
  };
}

/** In up to four parts. */
function pushFew(random: Random, reader: Pick<FrameReader, 'push'>, bytes: Uint8Array): void {
  const cuts = [0, ...Array.from({ length: 3 }, () => random.int(bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  for (const [at, from] of cuts.entries()) {
    const part = bytes.slice(from, cuts[at + 1] ?? bytes.length);
    reader.push(part);
    // The caller may reuse its bytes.
    part.fill(0xee);
  }
}

const WAYS = ['scanned', 'scanned in parts', 'scanned and read again'];

function same(bytes: Uint8Array, one: ReadLog, other: ReadLog, how: string): void {
  const text = ({ entries, pendingBytes }: ReadLog) => [...entries, pendingBytes].join('\n');
  if (text(one) !== text(other)) throw new Finding(`${how}: ${text(one)} became ${text(other)}`, bytes);
}

function eventOf(random: Random, events: readonly Uint8Array[]): Uint8Array {
  const choice = random();
  if (choice < 0.5) return scalarEvent(random);
  // The checksums of these match, but not what they hold.
  if (choice < 0.75) return mutated(random, scalarEvent(random), events);
  return choice < 0.9 ? random.pick(events) : wildEvent(random);
}

const TAGS = [
  'a',
  'b',
  'train/loss',
  'é',
  'x'.repeat(127),
  'x'.repeat(128),
  'x'.repeat(4096),
  'x'.repeat(4097),
];
const STEPS = [0n, 1n, 127n, 128n, 300n, 2n ** 31n, 2n ** 49n - 1n, 2n ** 49n, 2n ** 53n, 2n ** 60n, -1n];
const NUMBERS = [0, -0, 1, 0.1, 1e60, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** An event with one scalar, or some, in the forms that writers use and in forms that look much like them. */
function scalarEvent(random: Random): Uint8Array {
  const values = Array.from({ length: random() < 0.8 ? 1 : random.int(4) }, () => scalarValue(random));
  return joined(
    ...maybe(random, 0.9, () => doubleField(1, random.pick([1.7e9, 1_700_000_000.25, ...NUMBERS]))),
    ...maybe(random, 0.9, () => numberField(2, random.pick(STEPS))),
    ...maybe(random, 0.95, () => bytesField(5, ...values)),
    ...maybe(random, 0.03, () => numberField(2, 7)),
  );
}

function scalarValue(random: Random): Uint8Array {
  return bytesField(
    1,
    ...maybe(random, 0.97, () =>
      random() < 0.95 ? textField(1, random.pick(TAGS)) : bytesField(1, Uint8Array.of(0xff, random.int(256))),
    ),
    ...maybe(random, 0.05, () => metadata(random)),
    ...maybe(random, 0.97, () => (random() < 0.5 ? float(0x15, random) : bytesField(8, tensor(random)))),
    ...maybe(random, 0.4, () => metadata(random)),
    ...maybe(random, 0.1, () => textField(7, 'node')),
    ...maybe(random, 0.03, () => float(0x15, random)),
  );
}

function metadata(random: Random): Uint8Array {
  return bytesField(
    9,
    bytesField(1, textField(1, random() < 0.8 ? 'scalars' : random.pick(['text', 'scalarz', '', 'hparams']))),
    ...maybe(random, 0.2, () => textField(3, 'what it is')),
  );
}

function tensor(random: Random): Uint8Array {
  const dtype = random.pick([1, 1, 2, 2, 3, 9]);
  const bytes = new Uint8Array((dtype === 1 ? Float32Array : Float64Array).of(random.pick(NUMBERS)).buffer);
  const cut = random() < 0.9 ? bytes : bytes.subarray(0, random.int(bytes.length));
  return joined(
    ...maybe(random, 0.97, () => numberField(1, dtype)),
    ...maybe(random, 0.8, () => bytesField(2, ...maybe(random, 0.1, () => bytesField(2, numberField(1, 1))))),
    ...maybe(random, 0.95, () => {
      const form = random.int(3);
      if (form === 0) return bytesField(4, cut);
      const field = dtype === 1 ? 5 : 6;
      if (form === 1) return bytesField(field, cut);
      return joined(varint(BigInt(field * 8 + (dtype === 1 ? 5 : 1))), cut);
    }),
  );
}

function float(key: number, random: Random): Uint8Array {
  return joined(Uint8Array.of(key), new Uint8Array(Float32Array.of(random.pick(NUMBERS)).buffer));
}

/** A part that is there with this probability. */
function maybe(random: Random, probability: number, make: () => Uint8Array): readonly Uint8Array[] {
  return random() < probability ? [make()] : [];
}
