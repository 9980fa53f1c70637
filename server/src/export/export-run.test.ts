import { expect, it } from 'vitest';
import { compress } from './export-run.js';

async function* endless(ended: () => void): AsyncGenerator<Uint8Array> {
  try {
    for (let at = 0; ; at++) yield Uint8Array.from({ length: 4_096 }, (_, i) => (i * at) % 251);
  } finally {
    ended();
  }
}

it('what goes wrong with a file is heard by whoever reads its compressed bytes, and by nobody else', async () => {
  async function* replaced(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    throw new Error('the file was replaced');
  }
  await expect(async () => {
    for await (const _ of compress(replaced()));
  }).rejects.toThrow('the file was replaced');
});

it('a file is read no further when nobody reads its compressed bytes any more', async () => {
  const ended = new Promise<void>((resolve) => {
    void (async () => {
      for await (const _ of compress(endless(resolve))) break;
    })();
  });
  await ended;
});
