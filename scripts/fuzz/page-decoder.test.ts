import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageTarget } from '@convscope/shared/testing/fuzz/decode-targets.js';
import { runFuzz } from '@convscope/shared/testing/fuzz/run-fuzz.js';
import { samplesOf } from '@convscope/shared/testing/fuzz/target.js';
import { expect, it } from 'vitest';
import { loadPageDecoder } from './page-decoder.js';

const LOGS = fileURLToPath(
  new URL('../../shared/src/event-log/fixtures/events/torch-tensors', import.meta.url),
);
const SEED = 7;
const COUNT = 300;

it('the page’s decoder is bundled for Node, and damaged events leave it with declared errors only', async () => {
  const files = readdirSync(LOGS)
    .filter((name) => name.includes('tfevents'))
    .map((name) => new Uint8Array(readFileSync(join(LOGS, name))));
  const { read, refused, findings } = runFuzz(
    pageTarget(samplesOf(files), await loadPageDecoder()),
    SEED,
    COUNT,
  );
  expect(findings).toEqual([]);
  expect(read).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});
