import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startTestHub, temporaryFolder } from '../testing/test-hub.js';

it.each([
  [
    'lists inside each other',
    `{"runs":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    /on more than 16 levels/,
  ],
  ['lists that never end', '['.repeat(100_000), /on more than 16 levels/],
  ['values', `{"runs":[${'0,'.repeat(300_000)}0]}`, /more than 200000 values/],
])('a body with too many %s is refused before it is parsed, with a sentence', async (_, body, sentence) => {
  const hub = await startTestHub({ logdir: join(await temporaryFolder(), 'runs') });
  const response = await fetch(`${hub.url}/api/v1/series`, {
    ...{ method: 'POST', headers: { 'Content-Type': 'application/json' }, body },
  });
  expect(response.status).toBe(400);
  expect(((await response.json()) as { error: string }).error).toMatch(sentence);
});
