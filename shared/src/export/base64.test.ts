import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Of, decodeBase64 } from './base64.js';

async function* pieces(parts: readonly Uint8Array[]) {
  yield* parts;
}

test('pieces of any lengths are together the base64 of all bytes, and read again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 }), async (parts) => {
      let text = '';
      for await (const piece of base64Of(pieces(parts))) text += piece;
      const whole = Buffer.concat(parts);
      expect(text).toBe(whole.toString('base64'));
      expect([...decodeBase64(text)]).toEqual([...whole]);
    }),
  );
});
