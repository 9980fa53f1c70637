import type { HistoriesRequest, HistoryQuestion } from '@convscope/shared/protocol/history.js';
import { encodeParts } from '@convscope/shared/protocol/parts.js';
import { expect, test } from 'vitest';
import { requestHistories } from './histories.js';

const question = (tag: string): HistoryQuestion => ({ tag, kind: 'tensor', from: 0, findDuplicates: true });

/** @returns how many were asked for, the size of the body, and the parts */
async function ask(questions: readonly HistoryQuestion[]) {
  let asked = 0;
  let bodyBytes = 0;
  const post = async (_path: string, request: object) => {
    const { histories } = request as HistoriesRequest;
    asked = histories.length;
    bodyBytes = new TextEncoder().encode(JSON.stringify(request)).length;
    return new Response(encodeParts(histories.map((_, place) => Uint8Array.of(place % 256))));
  };
  const parts = await requestHistories(post, 'run', 1, questions, new AbortController().signal);
  return { asked, bodyBytes, parts };
}

test('histories of several tags are asked for at a time, and the parts are in their order', async () => {
  const { asked, parts } = await ask(['a', 'b', 'c'].map(question));
  expect(asked).toBe(3);
  expect(parts).toEqual([Uint8Array.of(0), Uint8Array.of(1), Uint8Array.of(2)]);
});

test('what one request cannot name is to be asked for later', async () => {
  const many = await ask(Array.from({ length: 300 }, (_, layer) => question(`conv${layer}`)));
  expect(many.asked).toBe(256);
  expect(many.parts).toHaveLength(300);
  expect(many.parts.slice(255)).toEqual([Uint8Array.of(255), ...Array(44).fill('later')]);
  // Each of these characters takes six in JSON.
  const long = await ask(Array.from({ length: 300 }, () => question('\u0001'.repeat(4_000))));
  expect(long.asked).toBeGreaterThan(0);
  expect(long.bodyBytes).toBeLessThan(2 ** 20);
  expect(long.parts.filter((part) => part === 'later')).toHaveLength(300 - long.asked);
});
