import fc from 'fast-check';
import { expect, it } from 'vitest';
import { afterZeros, crc32c, maskedCrc32c, nextRegister } from './crc32c.js';
import { RangeChecksums } from './range-checksums.js';

it('the state after zeros is that of a division of zeros', () => {
  for (const count of [0, 1, 7, 8, 1000, 16_383, 16_384, 16_385, 1_000_000]) {
    expect(afterZeros(0x1234_5678, count)).toBe(nextRegister(0x1234_5678, new Uint8Array(count), 0, count));
  }
  // 2²⁸ zeros, in two halves.
  expect(afterZeros(-5, 2 ** 28)).toBe(afterZeros(afterZeros(-5, 2 ** 27), 2 ** 27));
});

it('the checksum of a range equals that of its bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 3000 }),
      fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
      fc.nat(1000),
      (bytes, ranges, origin) => {
        const sums = new RangeChecksums(origin);
        sums.extend(bytes, origin, origin + Math.floor(bytes.length / 2));
        sums.extend(bytes, origin, origin + bytes.length);
        const sorted = ranges
          .map(([a, b]) => [a % (bytes.length + 1), b % (bytes.length + 1)] as const)
          .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
          .sort(([a], [b]) => a - b);
        for (const [from, to] of sorted) {
          expect(sums.masked(bytes, origin, origin + from, origin + to)).toBe(maskedCrc32c(bytes, from, to));
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('bytes before the position that was advanced to need not be held', () => {
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, at) => (at * 2_654_435_761) >>> 13);
  const sums = new RangeChecksums(0);
  sums.extend(bytes, 0, bytes.length);
  for (let from = 0; from < 900_000; from += 70_001) {
    sums.advance(bytes, 0, from);
    const held = bytes.slice(from);
    expect(sums.masked(held, from, from + 12, from + 90_000)).toBe(
      maskedCrc32c(bytes, from + 12, from + 90_000),
    );
  }
  expect(sums.end).toBe(bytes.length);
  expect(crc32c(bytes)).toBeGreaterThan(0);
});
