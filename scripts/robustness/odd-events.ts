/** Bytes that are almost events: numbers, nesting, texts and pictures at and beyond what their formats allow. */
import { gzipSync } from 'node:zlib';
import { type AmidGoodPoints, amidGoodPoints, type FileKind } from './file-kind.js';
import {
  bytes,
  event,
  fileVersion,
  frame,
  metadata,
  runRecord,
  scalar,
  scalars,
  scalarValue,
  summary,
  tensor,
  value,
  whole,
} from './hostile-events.js';
import { inflatingPicture, lyingPicture } from './odd-pictures.js';

const MB = 1024 * 1024;

/** A varint of ten bytes whose value is 2⁶⁴ − 1, which is −1 as a signed number. */
const MINUS_ONE = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
/** Varints that no writer makes: of eleven bytes, with bits above the 64th, longer than they need be, and cut. */
const ODD_VARINTS = [
  Buffer.from([...Array<number>(10).fill(0xff), 0x01]),
  Buffer.from([...Array<number>(9).fill(0xff), 0x7f]),
  Buffer.from([0x81, ...Array<number>(8).fill(0x80), 0x00]),
  Buffer.alloc(9, 0x80),
  MINUS_ONE,
];

function varintEvents(count: number): Buffer[] {
  // Step, summary, value and tag, of which each has such a number as its value or length.
  const keys = [0x10, 0x2a, 0x2a, 0x0a];
  return Array.from({ length: count }, (_, at) => {
    const number = ODD_VARINTS[at % ODD_VARINTS.length]!;
    const key = keys[at % keys.length]!;
    const odd = Buffer.concat([Buffer.of(key), number, Buffer.alloc(at % 7, 1)]);
    return frame(at % 3 === 0 ? event(at, odd) : event(at, summary(value(odd), odd)));
  });
}

/** `depth` messages inside each other, made from the inside: field `field` of wire type 2. */
function nested(depth: number, fields: readonly number[], core: Uint8Array): Buffer {
  const heads: Buffer[] = [];
  let length = core.length;
  for (let level = 0; level < depth; level++) {
    const head: number[] = [fields[level % fields.length]! * 8 + 2];
    let rest = length;
    while (rest > 127) {
      head.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    head.push(rest);
    heads.push(Buffer.from(head));
    length += head.length;
  }
  return Buffer.concat([...heads.reverse(), core]);
}

/** The start of a session with a hyperparameter whose value is lists of lists (google.protobuf.Value, ListValue). */
function deepHparams(depth: number): Buffer {
  const deep = nested(depth, [6, 1], Buffer.from([0x20, 1]));
  const entry = bytes(1, Buffer.concat([bytes(1, 'deep'), bytes(2, deep)]));
  const plain = bytes(
    1,
    Buffer.concat([bytes(1, 'lr'), bytes(2, Buffer.from([0x11, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f]))]),
  );
  const start = bytes(3, Buffer.concat([entry, plain]));
  return frame(
    event(0, summary(value(bytes(1, '_hparams_/session_start_info'), metadata('hparams', start)))),
  );
}

/** Halves of surrogate pairs, bytes that begin nothing, overlong and too large characters, and controls of direction. */
const ODD_TEXTS = [
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xed, 0xbf, 0xbf, 0xed, 0xa0, 0x80]),
  Buffer.from([0xff, 0xfe, 0x80]),
  Buffer.from([0xc0, 0xaf]),
  Buffer.from([0xf5, 0x80, 0x80, 0x80]),
  Buffer.from([0xf0, 0x9f, 0x98]),
  Buffer.from('\u202egnp.exe\u202c \u2066x\u2069'),
  Buffer.from('\u0000/../\u0007\u001b[2J'),
];

function* oddTags(count: number): Iterable<Uint8Array> {
  for (let at = 0; at < count; at++) {
    const text = ODD_TEXTS[at % ODD_TEXTS.length]!;
    const tag = Buffer.concat([
      text,
      Buffer.from(String(at >> 3)),
      Buffer.alloc(at % 3 === 0 ? 3_900 : 0, text),
    ]);
    yield frame(event(at, summary(scalarValue(tag, at))));
  }
}

export function textEvent(step: number, text: Uint8Array): Buffer {
  return frame(
    event(
      step,
      summary(value(bytes(1, 'note'), metadata('text', Buffer.alloc(0)), tensor(7, [], bytes(8, text)))),
    ),
  );
}

function double(number: number): Buffer {
  const content = Buffer.alloc(9);
  content[0] = 0x09;
  content.writeDoubleLE(number, 1);
  return content;
}

/** Events at times and steps beyond what clocks and counters have. */
function* oddPlaces(count: number): Iterable<Uint8Array> {
  const times = [Number.NaN, Number.POSITIVE_INFINITY, -1e308, 1e308, 0, -1, 4e12];
  const steps = [
    MINUS_ONE,
    Buffer.from([...Array<number>(9).fill(0x80), 0x01]),
    Buffer.from([...Array<number>(8).fill(0xff), 0x7f]),
  ];
  for (let at = 0; at < count; at++) {
    const step = Buffer.concat([Buffer.of(0x10), steps[at % steps.length]!]);
    const tag = at % 2 === 0 ? 'odd' : 'loss';
    yield frame(Buffer.concat([double(times[at % times.length]!), step, summary(scalarValue(tag, at))]));
  }
}

/** One tag that is a scalar, a text, a tensor and a picture in turn. */
function changingKind(step: number): Buffer {
  const kinds = [
    scalarValue('changing', step),
    value(bytes(1, 'changing'), metadata('text', Buffer.alloc(0)), tensor(7, [], bytes(8, 'x'))),
    value(bytes(1, 'changing'), tensor(1, [2, 2], bytes(4, Buffer.alloc(16)))),
    value(bytes(1, 'changing'), bytes(4, Buffer.concat([whole(1, 1), whole(2, 1), bytes(4, 'no picture')]))),
  ];
  return frame(event(step, summary(kinds[step % kinds.length]!)));
}

const AMID_GOOD_POINTS: readonly AmidGoodPoints[] = [
  {
    name: 'odd-varints',
    small: 500,
    full: 500_000,
    records: (count) => varintEvents(count),
  },
  {
    // Groups that end, as deep as they are long.
    name: 'balanced-groups',
    small: 0.5,
    full: 60,
    records: (size) => [
      frame(event(1, Buffer.alloc(size * MB, 0x0b), Buffer.alloc(size * MB, 0x0c))),
      frame(event(2, summary(Buffer.alloc(size * MB, 0x0b), Buffer.alloc(size * MB, 0x0c)))),
    ],
  },
  {
    // Steps, times, summaries and the fields of one value, each of which a reader takes as the last or joins.
    name: 'repeated-fields',
    small: 0.2,
    full: 40,
    records: (size) => [
      frame(
        event(
          1,
          Buffer.alloc(Math.floor((size * MB) / 2) * 2, Buffer.from([0x10, 1])),
          summary(scalarValue('a', 1)),
        ),
      ),
      frame(
        event(
          2,
          summary(
            value(
              bytes(1, 'b'),
              Buffer.alloc(Math.floor((size * MB) / 5) * 5, Buffer.from([0x15, 0, 0, 0x80, 0x3f])),
            ),
          ),
        ),
      ),
      frame(
        event(
          3,
          summary(
            value(
              bytes(1, 't'),
              Buffer.concat(
                Array.from({ length: Math.floor(size * 2_000) }, () =>
                  tensor(1, [2], bytes(4, Buffer.alloc(8))),
                ),
              ),
            ),
          ),
        ),
      ),
    ],
    expect: { history: { tag: 't', kind: 'tensor' } },
  },
  {
    name: 'deep-hparams',
    small: 20_000,
    full: 5_000_000,
    records: (depth) => [deepHparams(depth)],
  },
  {
    // A million lines in one text, and texts that turn the direction of what follows.
    name: 'odd-texts',
    small: 0.5,
    full: 60,
    records: (size) => [
      textEvent(0, Buffer.alloc(size * MB, '\n')),
      textEvent(1, Buffer.alloc(size * MB, '\u202e|\u2067')),
      textEvent(2, Buffer.alloc(size * MB, Buffer.from([0xed, 0xa0, 0x80]))),
    ],
  },
  {
    name: 'lying-pictures',
    small: 12,
    full: 6_000,
    records: (count) => Array.from({ length: count }, (_, at) => lyingPicture(at)),
    expect: { history: { tag: 'conv1/preactivation', kind: 'channels' } },
  },
  {
    name: 'inflating-pictures',
    small: 4,
    full: 64,
    records: (size) => Array.from({ length: 3 }, (_, at) => inflatingPicture(at, size)),
  },
  {
    name: 'changing-kinds',
    small: 100,
    full: 20_000,
    records: (count) => Array.from({ length: count }, (_, step) => changingKind(step)),
  },
  {
    // Names that mean something to objects of JavaScript.
    name: 'odd-configs',
    small: 50,
    full: 5_000,
    records: (count) => [
      runRecord(
        'start',
        `{"version":1,"config":{"__proto__":{"lr":1},"constructor":1,"toString":"x","lr":1e999,"a":null,${Array.from({ length: count }, (_, at) => `"k${at}":${at}`).join()}}}`,
      ),
      scalar('__proto__', 1, 1),
      scalar('constructor', 1, 1),
      scalar('toString', 1, 1),
    ],
  },
  {
    name: 'odd-places',
    small: 100,
    full: 100_000,
    records: function* (count) {
      yield scalar('loss', 1, 1);
      yield* oddPlaces(count);
    },
  },
];

export const ODD_EVENTS: readonly FileKind[] = [
  ...AMID_GOOD_POINTS.map(amidGoodPoints),
  {
    // In full size more than a run has room for: a tag that was there before goes on.
    name: 'odd-tags',
    small: 400,
    full: 90_000,
    *parts(count) {
      yield fileVersion();
      yield scalars('after', 0, 5);
      yield* oddTags(count);
      yield scalars('after', 5, 10);
    },
    expect: { points: { tag: 'after', rows: 10 } },
  },
  {
    // Not an event file at all, but called one.
    name: 'gzip-bomb',
    small: 10,
    full: 1_000,
    parts: (size) => [gzipSync(Buffer.alloc(size * MB))],
    expect: { gap: true },
  },
];
