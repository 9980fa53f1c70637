import { expect, it } from 'vitest';
import { MalformedEventError } from './wire-reader.js';

it('makes its errors without a stack, and leaves those of others alone', () => {
  expect(new MalformedEventError('Damaged.').stack).not.toContain('\n');
  expect(new Error('Other.').stack).toContain('\n    at ');
});
