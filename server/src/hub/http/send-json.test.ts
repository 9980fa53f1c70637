import { expect, it } from 'vitest';
import { encodeJson } from './send-json.js';

const many = (count: number) => Array.from({ length: count }, (_, at) => ({ tag: `é"${at}`, rows: at }));

it.each([
  {},
  { a: undefined },
  { a: undefined, b: 1, c: null, d: [], e: 'x' },
  { a: many(64), b: many(65), c: many(129), d: { nested: many(200) } },
  { 'a "name"': [undefined, Number.NaN, ...many(100), undefined] },
])('an answer is encoded as JSON.stringify does it', async (answer) => {
  expect((await encodeJson(answer)).toString()).toBe(JSON.stringify(answer));
});

it('other work runs while a large answer is encoded', async () => {
  let turns = 0;
  let isDone = false;
  const other = () => {
    turns++;
    if (!isDone) setImmediate(other);
  };
  setImmediate(other);
  const text = 'x'.repeat(4_000);
  await encodeJson({ tags: Array.from({ length: 20_000 }, (_, at) => ({ tag: text + at })) });
  isDone = true;
  expect(turns).toBeGreaterThan(2);
});
