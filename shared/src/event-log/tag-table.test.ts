import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TagTable } from './tag-table.js';
import { encodeUtf8 } from './utf8.js';

/** The number of a tag that stands among other bytes. */
function numberOf(table: TagTable, tag: Uint8Array): number {
  const bytes = new Uint8Array(tag.length + 7).fill(0x61);
  bytes.set(tag, 3);
  return table.numberOf(bytes, new DataView(bytes.buffer), 3, 3 + tag.length);
}

it('gives the same number to the same bytes, and only to them', () => {
  // Few letters, so that many tags are equal or nearly so.
  const tag = fc
    .array(fc.constantFrom(0x61, 0x62, 0xff), { minLength: 1, maxLength: 11 })
    .map((bytes) => Uint8Array.from(bytes));
  fc.assert(
    fc.property(fc.array(tag, { maxLength: 1500 }), (tags) => {
      const table = new TagTable();
      const numbers = new Map<string, number>();
      for (const bytes of tags) {
        const text = bytes.join();
        const number = numberOf(table, bytes);
        expect(number).toBe(numbers.get(text) ?? numbers.size);
        numbers.set(text, number);
      }
      expect(table.size).toBe(numbers.size);
    }),
    { numRuns: 30 },
  );
});

it('holds a bounded number of tags and bytes, and begins anew when it is cleared', () => {
  const table = new TagTable();
  let count = 0;
  while (numberOf(table, encodeUtf8(`${'x'.repeat(400)}${count}`)) >= 0) count++;
  expect(count).toBeGreaterThan(10_000);
  expect(count).toBeLessThan(11_000);
  expect(table.isFull).toBe(true);
  expect(numberOf(table, encodeUtf8(`${'x'.repeat(400)}7`))).toBe(7);
  expect(table.text(7)).toBe(`${'x'.repeat(400)}7`);
  table.clear();
  expect(numberOf(table, encodeUtf8('a'))).toBe(0);
});
