import { zlibSync } from 'fflate';
import { expect, test } from 'vitest';
import { inflate } from './inflate.js';

/** Bytes that do not deflate to fewer. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

test('long and short bytes inflate to what was deflated', () => {
  for (const size of [0, 10, 300_000]) {
    const bytes = noise(size);
    const inflated = inflate(zlibSync(bytes), size);
    expect(inflated.length).toBe(size);
    expect(inflated.every((byte, at) => byte === bytes[at])).toBe(true);
  }
});

test('inflating ends one byte behind the size that is wanted', () => {
  const long = zlibSync(noise(300_000));
  expect(long.length).toBeGreaterThan(200_000);
  expect(inflate(long, 10)).toHaveLength(11);
  expect(inflate(zlibSync(new Uint8Array(1e6)), 10)).toHaveLength(11);
});

test('bytes that are not deflated are refused', () => {
  for (const size of [10, 200_000]) {
    expect(() => inflate(new Uint8Array(size).fill(0xff), 100)).toThrow(/\w/);
  }
});
