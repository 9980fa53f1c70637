import type { CaptureSummary } from '@convscope/shared/channels/capture-summary.js';
import { encodeHistoryRow } from '@convscope/shared/protocol/history.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Source } from '../../../sources/source.js';
import { CaptureHistories, type HistoryWish } from './capture-histories.js';

function block(step: number, top: number): Uint8Array<ArrayBuffer> {
  const range = { min: -top, max: top, absolute: top, positive: top };
  const limits = { min: Float32Array.of(-top), max: Float32Array.of(top) };
  const summary: CaptureSummary = {
    ...{
      step,
      channels: 1,
      pictures: 1,
      isSingle: false,
      range,
      nonFinite: new Uint32Array(1),
      duplicates: [],
    },
    ...limits,
  };
  return encodeHistoryRow(summary);
}

function joined(blocks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(blocks.flatMap((block) => [...block]));
}

function setUp() {
  const asked: {
    tags: (readonly [tag: string, from: number])[];
    signal: AbortSignal;
    /** The blocks of each tag, or what is said instead. */
    answer: (...parts: (readonly Uint8Array[] | 'not there' | 'later')[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  const source: Pick<Source, 'connection' | 'histories'> = {
    connection: { status: 'connected', roundTrip: undefined },
    histories: (_run, _generation, questions, signal) =>
      new Promise((resolve, fail) => {
        asked.push({
          tags: questions.map(({ tag, from }) => [tag, from] as const),
          signal,
          answer: (...parts) =>
            resolve(parts.map((part) => (typeof part === 'string' ? part : joined(part)))),
          fail,
        });
      }),
  };
  const changed = vi.fn();
  const histories = new CaptureHistories({ source: source as unknown as Source, changed });
  return { asked, histories, changed };
}

/** @param from the steps from which on the rows replace those before them */
function wish(tag: string, rows: number, from: readonly number[] = [0, 10, 20, 30]): HistoryWish {
  return { tag, kind: 'channels', rows, replacesFrom: (row) => from[row], findDuplicates: true };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockReturnValue();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('histories are read together, most important first, until they are complete', async () => {
  const { asked, histories, changed } = setUp();
  histories.want('run', 1, [wish('a', 3), wish('b', 1), wish('c', 1)], true);
  asked[0]!.answer([block(0, 1), block(10, 5)], 'later', [block(0, 4)]);
  await settle();
  expect(histories.of('a')).toMatchObject({ rows: 2, range: { min: -5, max: 5 } });
  expect(histories.of('c')).toMatchObject({ rows: 1, wasRead: true });
  asked[1]!.answer([block(20, 2)], [block(0, 9)]);
  await settle();
  expect(asked.map(({ tags }) => tags)).toEqual([
    [
      ['a', 0],
      ['b', 0],
      ['c', 0],
    ],
    [
      ['a', 2],
      ['b', 0],
    ],
  ]);
  expect(histories.of('a').captures.map(({ step }) => step)).toEqual([0, 10, 20]);
  expect(histories.of('b').range).toMatchObject({ max: 9 });
  expect(changed).toHaveBeenCalledTimes(2);
});

test('a tag that the hub does not have is asked for again after a while, and the others are read', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 1), wish('b', 2)], false);
  asked[0]!.answer('not there', [block(0, 2)]);
  await settle();
  // The others do not wait for it.
  asked[1]!.answer([block(10, 3)]);
  await settle();
  expect(histories.of('b')).toMatchObject({ rows: 2, wasRead: true });
  for (let time = 2; time < 4; time++) {
    await vi.advanceTimersByTimeAsync(30_000);
    asked[time]!.answer('not there');
  }
  await settle();
  expect(histories.problem).toContain('no capture of a.');
  expect(asked.map(({ tags }) => tags)).toEqual([
    [
      ['a', 0],
      ['b', 0],
    ],
    [['b', 1]],
    [['a', 0]],
    [['a', 0]],
  ]);
});

test('captures of an earlier branch are forgotten when their run has been resumed, with their limits', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 4, [0, 10, 20, 10])], true);
  asked[0]!.answer([block(0, 1), block(10, 2), block(20, 30), block(10, 7)]);
  await settle();
  expect(histories.of('a')).toMatchObject({ rows: 4, range: { min: -7, max: 7 } });
  expect(histories.of('a').captures.map(({ step, max }) => [step, max[0]])).toEqual([
    [0, 1],
    [10, 7],
  ]);
});

test('a restart voids captures from its step on, though the next capture is of a later one', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 3, [0, 10, 5])], true);
  asked[0]!.answer([
    block(0, 1),
    encodeHistoryRow({ step: 10, unreadable: true }),
    block(20, 3),
    // This row is not in the page's index yet.
    block(30, 9),
  ]);
  await settle();
  expect(histories.of('a')).toMatchObject({ rows: 3, unreadable: [], range: { max: 3 } });
  expect(histories.of('a').captures.map(({ step }) => step)).toEqual([0, 20]);
});

test('a failed request is repeated after a while, and an answer without a capture is a failure', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 1)], true);
  asked[0]!.fail(new Error('The hub failed: try again.'));
  await settle();
  histories.want('run', 1, [wish('a', 1)], true);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(2);
  asked[1]!.answer([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(3);
});

test('another run or generation begins anew, and late answers for the old one are dropped', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 1)], true);
  histories.want('run', 2, [wish('a', 1)], true);
  expect(asked[0]!.signal.aborted).toBe(true);
  asked[0]!.answer([block(0, 1)]);
  await settle();
  expect(histories.of('a').rows).toBe(0);
  asked[1]!.answer([block(50, 1)]);
  await settle();
  expect(histories.of('a').captures.map(({ step }) => step)).toEqual([50]);
});

test('captures that are added meanwhile are read together after a rest, so that no tag waits for those of another', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 1), wish('b', 1)], true);
  histories.want('run', 1, [wish('a', 2), wish('b', 1)], true);
  asked[0]!.answer([block(0, 1)], 'later');
  await settle();
  histories.want('run', 1, [wish('a', 3), wish('b', 1)], true);
  asked[1]!.answer([block(0, 1)]);
  await settle();
  expect(asked.map(({ tags }) => tags.map(([tag]) => tag))).toEqual([['a', 'b'], ['b']]);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked.slice(2).map(({ tags }) => tags)).toEqual([[['a', 1]]]);
});

test('a hub that keeps failing is asked ever more seldom, and its reason is known until it answers', async () => {
  const { asked, histories, changed } = setUp();
  histories.want('run', 1, [wish('a', 1)], true);
  for (let time = 0; time < 8; time++) {
    expect(histories.problem).toBe(time < 3 ? undefined : 'The hub is busy.');
    asked[time]!.fail(new Error('The hub is busy.'));
    await vi.advanceTimersByTimeAsync(30_000);
  }
  expect(asked.length).toBeLessThanOrEqual(9);
  expect(changed).toHaveBeenCalledTimes(8);
  asked.at(-1)!.answer([block(0, 1)]);
  await settle();
  expect(histories.problem).toBeUndefined();
  expect(histories.of('a').rows).toBe(1);
});

test('while it is held nothing more is asked for, and then it goes on where it was', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 3)], false);
  histories.hold(true);
  asked[0]!.answer([block(0, 1)]);
  await settle();
  histories.want('run', 1, [wish('a', 3)], false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([asked.length, histories.of('a').rows]).toEqual([1, 1]);
  histories.hold(false);
  await settle();
  expect(asked.map(({ tags }) => tags)).toEqual([[['a', 0]], [['a', 1]]]);
});
