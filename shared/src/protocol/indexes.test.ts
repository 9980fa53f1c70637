import { expect, test } from 'vitest';
import { decodeIndexes, encodeIndexes, type IndexPart } from './indexes.js';

test('an answer with several indexes is read as it was written', () => {
  const parts: IndexPart[] = [Uint8Array.of(1, 2, 3), 'not there', new Uint8Array(0), 'later'];
  expect(decodeIndexes(encodeIndexes(parts), 4)).toEqual(parts);
});

test('an answer that is cut off or too long is refused', () => {
  const bytes = encodeIndexes([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
  for (let length = 0; length < bytes.length; length++)
    expect(() => decodeIndexes(bytes.subarray(0, length), 2)).toThrow(RangeError);
  expect(() => decodeIndexes(bytes, 1)).toThrow(RangeError);
  expect(() => decodeIndexes(bytes, 3)).toThrow(RangeError);
});
