import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32c, maskedCrc32c, maskedCrc32cOfView } from './crc32c.js';

const { crc32c: vectors }: { crc32c: { hex: string; crc32c: string; masked: string }[] } = JSON.parse(
  readFileSync(new URL('./fixtures/writer/records.json', import.meta.url), 'utf8'),
);

it('agrees with another implementation, plain and masked', () => {
  expect(vectors.length).toBeGreaterThan(5);
  for (const vector of vectors) {
    const bytes = new Uint8Array(Buffer.from(vector.hex, 'hex'));
    expect(crc32c(bytes).toString(16).padStart(8, '0')).toBe(vector.crc32c);
    expect(maskedCrc32c(bytes).toString(16).padStart(8, '0')).toBe(vector.masked);
  }
});

it('checksums the given range of the bytes', () => {
  for (const vector of vectors) {
    const bytes = Buffer.from(vector.hex, 'hex');
    const longer = new Uint8Array(Buffer.concat([Buffer.from([1, 2, 3]), bytes, Buffer.from([4])]));
    expect(crc32c(longer, 3, 3 + bytes.length)).toBe(Number.parseInt(vector.crc32c, 16));
  }
});

it('gives the same checksum for a view, of any part of it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), fc.nat(100), (bytes, from, length) => {
      const start = Math.min(from, bytes.length);
      const end = Math.min(start + length, bytes.length);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      expect(maskedCrc32cOfView(view, start, end) >>> 0).toBe(maskedCrc32c(bytes, start, end));
    }),
  );
});
