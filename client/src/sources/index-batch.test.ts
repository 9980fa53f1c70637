import type { IndexesRequest } from '@convscope/shared/protocol/indexes.js';
import { type AnswerPart, encodeParts } from '@convscope/shared/protocol/parts.js';
import { expect, test } from 'vitest';
import { createIndexRows } from './index-batch.js';

function asking(answer: (request: IndexesRequest) => readonly AnswerPart[]) {
  const posted: IndexesRequest[] = [];
  const alone: unknown[] = [];
  const rows = createIndexRows({
    async post(_path, request) {
      posted.push(request as IndexesRequest);
      return new Response(encodeParts(answer(request as IndexesRequest)));
    },
    async bytes(_path, query) {
      alone.push(query['tag']);
      return Uint8Array.of(99);
    },
  });
  const ask = (tag: string, { run = 'a', signal = new AbortController().signal } = {}) =>
    rows({ run, generation: 1, tag, kind: 'tensor' }, 0, signal);
  return { ask, posted, alone };
}

const byLength = ({ indexes }: IndexesRequest) => indexes.map(([tag]) => Uint8Array.of(tag.length));

test('indexes that are asked for together are one request for each run', async () => {
  const { ask, posted, alone } = asking(byLength);
  const answers = await Promise.all([
    ask('x'),
    ask('yy'),
    ask('b', { run: 'b' }),
    ask('zzz'),
    ask('cc', { run: 'b' }),
  ]);
  expect(answers.map(([length]) => length)).toEqual([1, 2, 1, 3, 2]);
  expect(posted.map(({ run, indexes }) => [run, indexes.length])).toEqual([
    ['a', 3],
    ['b', 2],
  ]);
  expect(alone).toEqual([]);
});

test('one index, and those that the hub leaves out, are asked for alone', async () => {
  const { ask, posted, alone } = asking(() => [Uint8Array.of(1), 'later', 'not there']);
  expect(await ask('only')).toEqual(Uint8Array.of(99));
  expect(posted).toEqual([]);
  expect(await Promise.all([ask('x'), ask('y'), ask('z')])).toEqual(
    [1, 99, 99].map((byte) => Uint8Array.of(byte)),
  );
  expect(alone).toEqual(['only', 'y', 'z']);
});

test('many indexes, and long tags, are several requests', async () => {
  const { ask, posted } = asking(byLength);
  await Promise.all(Array.from({ length: 300 }, (_, at) => ask(`t${at}`)));
  expect(posted.map(({ indexes }) => indexes.length)).toEqual([256, 44]);
  posted.length = 0;
  await Promise.all(Array.from({ length: 64 }, (_, at) => ask(`${at}${'x'.repeat(4000)}`)));
  expect(posted.map(({ indexes }) => indexes.length)).toEqual([32, 32]);
});

test('a request is given up with the last of those that want it', async () => {
  const { ask, posted } = asking(byLength);
  const [one, other] = [new AbortController(), new AbortController()];
  const asked = [ask('x', one), ask('y', other), ask('z', other)];
  one.abort(new Error('closed'));
  await expect(asked[0]).rejects.toThrow('closed');
  expect((await asked[1])?.[0]).toBe(1);
  expect(posted[0]?.indexes.map(([tag]) => tag)).toEqual(['y', 'z']);
});

test('an answer of another length fails all of them', async () => {
  const { ask } = asking(() => [Uint8Array.of(1)]);
  const results = await Promise.allSettled([ask('x'), ask('y')]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
