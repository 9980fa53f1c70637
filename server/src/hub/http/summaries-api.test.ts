import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SummariesAnswer, summariesAnswerSchema } from '@convscope/shared/protocol/summaries.js';
import { expect, it } from 'vitest';
import { frames, scalar, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, type TestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';

async function hubOf(runs: Readonly<Record<string, readonly Uint8Array[]>>): Promise<TestHub> {
  const logdir = join(await temporaryFolder(), 'runs');
  for (const [run, bytes] of Object.entries(runs)) {
    await mkdir(join(logdir, run), { recursive: true });
    await writeFile(join(logdir, run, TORCH_FILE), Buffer.concat(bytes));
  }
  const hub = await startTestHub({ logdir });
  await waitFor(async () => {
    await hub.logdir.settled();
    for (const run of Object.keys(runs)) expect(hub.logdir.runs.get(run)?.summary().readToEnd).toBe(true);
  });
  return hub;
}

async function ask(hub: TestHub, body: object): Promise<SummariesAnswer> {
  const response = await fetch(`${hub.url}/api/v1/summaries`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return summariesAnswerSchema.parse(await response.json());
}

/** Run, tag, points, and steps and values of the newest, lowest and highest. */
function told({ runs, tags, summaries }: SummariesAnswer) {
  const point = (one?: { step: number; value: number | string }) => one && [one.step, one.value];
  return summaries.map(({ run, tag, points, last, min, max }) => [
    ...[runs[run]?.run, tags[tag], points, point(last), point(min), point(max)],
  ]);
}

const losses = (...values: number[]) => values.map((value, step) => scalar('loss', step, value));

it('tells the newest, lowest and highest value of many series in one request', async () => {
  const hub = await hubOf({
    a: [...losses(3, 1, 2), scalar('acc', 5, 0.5)],
    b: losses(1, Number.NaN, 4, Number.POSITIVE_INFINITY),
    c: losses(Number.NaN),
  });
  expect(told(await ask(hub, { tags: ['loss'] }))).toEqual([
    ['a', 'loss', 3, [2, 2], [1, 1], [0, 3]],
    ['b', 'loss', 4, [3, 'Infinity'], [0, 1], [2, 4]],
    ['c', 'loss', 1, [0, 'NaN'], undefined, undefined],
  ]);
  const { summaries } = await ask(hub, { runs: ['b'], tags: ['loss'] });
  expect(summaries[0]?.nonFinite).toBe(2);
  expect(told(await ask(hub, { runs: ['a'] })).map(([, tag]) => tag)).toEqual(['loss', 'acc']);
});

it('counts what was logged again only once, and follows what is added', async () => {
  const hub = await hubOf({ a: losses(9, 8, 7) });
  expect(told(await ask(hub, { tags: ['loss'] }))).toEqual([['a', 'loss', 3, [2, 7], [2, 7], [0, 9]]]);
  const file = join(hub.root, 'a', TORCH_FILE);
  await appendFile(file, scalar('loss', 3, 10));
  await waitFor(async () =>
    expect(told(await ask(hub, { tags: ['loss'] }))).toEqual([['a', 'loss', 4, [3, 10], [2, 7], [3, 10]]]),
  );
  // Steps 1 to 3 are logged again.
  await appendFile(file, scalar('loss', 1, 8.5));
  await waitFor(async () =>
    expect(told(await ask(hub, { tags: ['loss'] }))).toEqual([['a', 'loss', 2, [1, 8.5], [1, 8.5], [0, 9]]]),
  );
});

it('agrees with a count over every row of a long series', async () => {
  const values = Array.from({ length: 30_000 }, (_, step) =>
    Math.fround(Math.sin(step * 12.9898) * 43758.5453),
  );
  const hub = await hubOf({
    a: [
      frames(
        ...values.map((value, step) => ({ kind: 'scalar', tag: 'x', step, wallTime: step, value }) as const),
      ),
    ],
  });
  const low = Math.min(...values);
  const high = Math.max(...values);
  expect(told(await ask(hub, { tags: ['x'] }))).toEqual([
    ['a', 'x', 30_000, [29_999, values.at(-1)], [values.indexOf(low), low], [values.indexOf(high), high]],
  ]);
});

it('refuses what it cannot answer, by name', async () => {
  const hub = await hubOf({ a: losses(1) });
  const { refused, summaries } = await ask(hub, { runs: ['a', 'gone'], tags: ['loss', 'none'] });
  expect(summaries).toHaveLength(1);
  expect(refused.map(({ run, tag }) => run ?? tag)).toEqual(['gone', 'none']);
  expect((await fetch(`${hub.url}/api/v1/summaries?tag=${'x'.repeat(10)}`)).status).toBe(200);
});
