/** Events that claim what they do not hold, built field by field. */
import { encodeUtf8 } from '../../event-log/utf8.js';
import { joined, varint } from './mutate.js';
import { pngOf } from './pictures.js';
import type { Random } from './random.js';

export const bytesField = (number: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const data = joined(...parts);
  return joined(varint(BigInt(number * 8 + 2)), varint(BigInt(data.length)), data);
};
export const textField = (number: number, text: string): Uint8Array => bytesField(number, encodeUtf8(text));
export const numberField = (number: number, value: bigint | number): Uint8Array =>
  joined(varint(BigInt(number * 8)), varint(BigInt.asUintN(64, BigInt(value))));
const floatsOf = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
export const doubleField = (number: number, value: number): Uint8Array =>
  joined(varint(BigInt(number * 8 + 1)), new Uint8Array(Float64Array.of(value).buffer));
const many = (random: Random, below: number, make: () => Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: random.int(below) }, make);

const SIZES = [
  0n,
  1n,
  2n,
  3n,
  8n,
  1000n,
  65_536n,
  2n ** 18n,
  2n ** 31n,
  2n ** 53n,
  2n ** 63n - 1n,
  -1n,
  -(2n ** 63n),
];
const DTYPES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 17, 18, 19, 22, 23, 0, 99, -1];
const VALUE_FIELDS = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17];
const TAGS = [
  'a',
  'train/loss',
  '__proto__',
  'constructor',
  '\u0000',
  'x'.repeat(300),
  'é'.repeat(30),
  'x'.repeat(5000),
];
const PLUGINS = ['scalars', 'images', 'histograms', 'text', 'hparams', 'tensor', 'audio', 'graph', '', 'zzz'];
const JSONS = [
  '{',
  '[]',
  'null',
  '{"version":1}',
  '['.repeat(500),
  '{"__proto__":{"x":1},"version":1}',
  '{"version":1,"reason":"failed","seconds":1,"error":"x"}',
  `{"version":1,"reason":"failed","seconds":1,"error":"${'\\u0001'.repeat(9000)}"}`,
  `{"version":1,"probes":[${'0,'.repeat(3000)}0],"model":{"layers":[${'{"type":"conv2d"},'.repeat(300)}{}]}}`,
  `{"a":[${'{},'.repeat(60_000)}0]}`,
];

const eventOf = (...values: readonly Uint8Array[]): Uint8Array =>
  joined(doubleField(1, 1), numberField(2, 1), bytesField(5, ...values));
const summaryValue = (...parts: readonly Uint8Array[]): Uint8Array => bytesField(1, ...parts);
const pluginOf = (name: string, ...content: readonly Uint8Array[]): Uint8Array =>
  bytesField(9, bytesField(1, textField(1, name), ...content.map((one) => bytesField(2, one))));

/** A tensor whose type, shape and values have nothing to do with each other. */
export function wildTensor(random: Random): Uint8Array {
  const axes = random.pick([0, 0, 1, 2, 3, 4, 5, 70]);
  const shape = Array.from({ length: axes }, () => bytesField(2, numberField(1, random.pick(SIZES))));
  const values = many(random, 4, () => {
    const field = random.pick(VALUE_FIELDS);
    if (random() < 0.6) return bytesField(field, random.bytes(random.int(40)));
    return numberField(field, random.int(1_000_000));
  });
  return joined(numberField(1, random.pick(DTYPES)), bytesField(2, ...shape), ...values);
}

/** The geometry of a channels record, mostly of the number of channels that its limits have. */
function wildGeometry(random: Random): Uint8Array {
  const count = random.int(5);
  const floats = () =>
    floatsOf(Array.from({ length: count }, () => random.pick([0, 1, NaN, Infinity, -1, 1e38])));
  const side = () => numberField(3, random.pick([1n, 2n, 8n, 1000n, 2n ** 20n, 2n ** 60n]));
  const parts = [
    textField(1, 'conv1'),
    numberField(2, random.int(7)),
    side(),
    numberField(4, random.pick([1, 2, 8, 1000, 65_000, 2 ** 20])),
    numberField(5, random() < 0.8 ? count : random.int(1_000_000)),
    numberField(6, random.pick([1n, 2n, 3n, 0n, 2n ** 50n])),
    bytesField(7, ...many(random, 4, () => varint(BigInt(random.int(9))))),
    bytesField(8, floats()),
    bytesField(9, floats()),
  ];
  if (random() < 0.4) {
    const places = () => varint(random.pick([0n, 1n, 2n, 3n, 5n, 2n ** 40n]));
    parts.push(bytesField(10, ...many(random, 15, places)));
  }
  if (random() < 0.4) {
    const counts = Array.from({ length: count }, () => varint(BigInt(random.int(9))));
    const columns = [2, 3, 4, 5, 6].map((field) => bytesField(field, floats()));
    parts.push(bytesField(11, numberField(1, 64), ...columns, bytesField(7, ...counts)));
  }
  return joined(...parts);
}

export function wildEvent(random: Random): Uint8Array {
  const tag = textField(1, random.pick(TAGS));
  const plugin = random.pick(PLUGINS);
  switch (random.int(9)) {
    case 0:
      return eventOf(summaryValue(tag, bytesField(8, wildTensor(random)), pluginOf(plugin)));
    case 1: {
      const strings = [textField(8, String(random.int(100))), textField(8, String(random.int(100)))];
      const pictures = many(random, 4, () => bytesField(8, pngOf(random)));
      const tensor = joined(
        numberField(1, 7),
        bytesField(2, bytesField(2, numberField(1, 3))),
        ...strings,
        ...pictures,
      );
      return eventOf(
        summaryValue(tag, bytesField(8, tensor), pluginOf('images', bytesField(2000, wildGeometry(random)))),
      );
    }
    case 2: {
      let nested: Uint8Array = new Uint8Array(0);
      for (let depth = random.int(200); depth > 0; depth--)
        nested = bytesField(random.pick([1, 2, 5, 8, 9]), nested);
      return joined(doubleField(1, 1), nested);
    }
    case 3:
      return joined(new Uint8Array(random.int(300)).fill(0x0b), new Uint8Array(random.int(300)).fill(0x0c));
    case 4: {
      const json = textField(random.pick([2001, 2002]), random.pick(JSONS));
      return eventOf(
        summaryValue(tag, pluginOf('text', json), bytesField(8, numberField(1, 7), textField(8, 'x'))),
      );
    }
    case 5: {
      const value = random.pick([
        doubleField(2, 1),
        textField(3, 's'),
        numberField(4, 1),
        textField(5, 'zz'),
      ]);
      const entry = bytesField(
        1,
        textField(1, random.pick(['__proto__', 'lr', 'constructor'])),
        bytesField(2, value),
      );
      const entries = Array.from({ length: random() < 0.05 ? 5000 : random.int(5) }, () => entry);
      return eventOf(summaryValue(tag, pluginOf('hparams', bytesField(3, ...entries))));
    }
    case 6: {
      const histogram = () =>
        bytesField(
          5,
          doubleField(1, random()),
          doubleField(2, NaN),
          ...[6, 7].map((field) => bytesField(field, new Uint8Array(8 * random.int(9)).fill(0x3f))),
        );
      return eventOf(...many(random, 30, () => summaryValue(tag, histogram())));
    }
    case 7: {
      // Two bytes each.
      const empty = random.pick([Uint8Array.of(0x0a, 0), Uint8Array.of(0x22, 0), Uint8Array.of(0x42, 0)]);
      const values = joined(
        ...Array.from({ length: random() < 0.05 ? 20_000 : random.int(100) }, () => empty),
      );
      return random() < 0.5 ? joined(doubleField(1, 1), values) : eventOf(values);
    }
    default:
      return eventOf(
        ...many(random, 3, () => summaryValue(tag, bytesField(random.pick([4, 5, 6, 8]), random.bytes(20)))),
      );
  }
}
