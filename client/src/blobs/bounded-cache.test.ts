import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.js';

test('what was not used for longest goes first, and the bytes stay below the limit', () => {
  const cache = new BoundedCache<string>(100);
  cache.set('a', 'A', 40);
  cache.set('b', 'B', 40);
  expect(cache.get('a')).toBe('A');
  cache.set('c', 'C', 40);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBe('A');
  expect(cache.bytes).toBe(80);
});

test('an entry that is replaced counts once', () => {
  const cache = new BoundedCache<string>(100);
  cache.set('a', 'A', 90);
  cache.set('a', 'AA', 30);
  expect(cache.bytes).toBe(30);
});

test('the newest stays even when it alone is too large', () => {
  const cache = new BoundedCache<string>(100);
  cache.set('a', 'A', 50);
  cache.set('b', 'B', 500);
  expect(cache.get('b')).toBe('B');
  expect(cache.get('a')).toBeUndefined();
});

test('what is deleted leaves its room', () => {
  const cache = new BoundedCache<string>(100);
  cache.set('a', 'A', 50);
  cache.delete('a');
  cache.delete('b');
  expect([cache.has('a'), cache.bytes]).toEqual([false, 0]);
});
