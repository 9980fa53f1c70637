import { expect, test } from 'vitest';
import { emptyNote } from './text-body.js';

test('a tensor without texts, and a text without characters, say what they are', () => {
  expect(emptyNote({ strings: [], shape: [0] })).toBe('An empty tensor was logged: there is no text in it.');
  expect(emptyNote({ strings: [], shape: [3, 0] })).toBe(
    'An empty tensor was logged: there is no text in it.',
  );
  expect(emptyNote({ strings: [''], shape: [] })).toBe('An empty text was logged.');
  expect(emptyNote({ strings: ['', ''], shape: [2] })).toBe('Empty texts were logged.');
  expect(emptyNote({ strings: ['', 'a'], shape: [2] })).toBeUndefined();
  expect(emptyNote({ strings: [' '], shape: [] })).toBeUndefined();
});
