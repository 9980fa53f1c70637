import { expect, it } from 'vitest';
import { MalformedEventError } from './wire-reader.js';

it('makes its errors without a stack, which takes the most of the time of an error', () => {
  const error: Error = new MalformedEventError('Damaged.');
  expect(error.stack).toBeUndefined();
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe('MalformedEventError: Damaged.');
});
