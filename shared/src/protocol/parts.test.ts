import { expect, test } from 'vitest';
import { type AnswerPart, decodeParts, encodeParts } from './parts.js';

test('an answer with several parts is read as it was written', () => {
  const parts: AnswerPart[] = [Uint8Array.of(1, 2, 3), 'not there', new Uint8Array(0), 'later'];
  expect(decodeParts(encodeParts(parts), 4)).toEqual(parts);
});

test('an answer that is cut off or too long is refused', () => {
  const bytes = encodeParts([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
  for (let length = 0; length < bytes.length; length++)
    expect(() => decodeParts(bytes.subarray(0, length), 2)).toThrow(RangeError);
  expect(() => decodeParts(bytes, 1)).toThrow(RangeError);
  expect(() => decodeParts(bytes, 3)).toThrow(RangeError);
});
