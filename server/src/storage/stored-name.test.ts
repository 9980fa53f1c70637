import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOfName, nameOf } from './stored-name.js';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

it('a name in UTF-8 is its text', () => {
  for (const name of ['run', 'σ=0.1', '学習', 'with\nnewline', String.raw`back\slash`, String.raw`\x41`]) {
    expect(nameOf(Buffer.from(name))).toBe(name);
    expect(bytesOfName(name)).toEqual(Buffer.from(name));
  }
});

it('bytes that are not UTF-8 are escaped', () => {
  expect(nameOf(bytesOf('caf\xe9'))).toBe(String.raw`caf\xe9`);
  expect(nameOf(bytesOf('\xff\xc3\xa9\xe2\x82'))).toBe(String.raw`\xffé\xe2\x82`);
  // The parts of surrogate pairs and overlong forms are not UTF-8 either.
  expect(nameOf(bytesOf('\xed\xa0\x80'))).toBe(String.raw`\xed\xa0\x80`);
});

it('a name that contains an escape as text differs from the name with that byte', () => {
  expect(nameOf(Buffer.from(String.raw`\xff`))).toBe(String.raw`\x5cxff`);
  expect(nameOf(Buffer.from(String.raw`\x5c`))).toBe(String.raw`\x5cx5c`);
});

it('any bytes become a name that leads back to them', () => {
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...Buffer.from('\\x5cf8é')));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 24 }), (bytes) => {
      const name = nameOf(Buffer.from(bytes));
      expect([...bytesOfName(name)]).toEqual(bytes);
      // Fails for text that cannot be sent in an address.
      encodeURIComponent(name);
    }),
    { numRuns: 5000 },
  );
});
