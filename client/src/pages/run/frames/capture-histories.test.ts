import type { CaptureSummary } from '@convscope/shared/channels/capture-summary.js';
import { encodeHistoryRow } from '@convscope/shared/protocol/history.js';
import type { LiveHistory } from '@convscope/shared/protocol/live.js';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Source } from '../../../sources/source.js';
import { CaptureHistories, type HistoryWish } from './capture-histories.js';

function block(step: number, top: number): Uint8Array<ArrayBuffer> {
  const range = { min: -top, max: top, absolute: top, positive: top };
  const limits = { min: Float32Array.of(-top), max: Float32Array.of(top) };
  const summary: CaptureSummary = {
    ...{ step, channels: 1, pictures: 1, range, nonFinite: new Uint32Array(1), duplicates: [] },
    ...limits,
  };
  return encodeHistoryRow(summary);
}

function unreadable(step: number): Uint8Array<ArrayBuffer> {
  return encodeHistoryRow({ step, unreadable: true });
}

function joined(blocks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(blocks.flatMap((block) => [...block]));
}

function setUp() {
  const asked: {
    tag: string;
    from: number;
    signal: AbortSignal;
    answer: (...blocks: Uint8Array[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  const source = {
    connection: { status: 'connected' },
    history: ({ tag }: { tag: string }, from: number, _duplicates: boolean, signal: AbortSignal) =>
      new Promise<Uint8Array>((resolve, fail) => {
        const answer = (...blocks: Uint8Array[]) => resolve(joined(blocks));
        asked.push({ tag, from, signal, answer, fail });
      }),
  };
  const changed = vi.fn();
  const histories = new CaptureHistories({ source: source as unknown as Source, changed });
  return { asked, histories, changed };
}

function wish(tag: string, rows: number): HistoryWish {
  return { tag, kind: 'channels', rows, findDuplicates: true };
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

test('histories are read one after the other, most important first, until they are complete', async () => {
  const { asked, histories, changed } = setUp();
  histories.want('run', 1, [wish('a', 3), wish('b', 1)], true);
  asked[0]!.answer(block(0, 1), block(10, 5));
  await settle();
  expect(histories.of('a')).toMatchObject({ rows: 2, range: { min: -5, max: 5 } });
  asked[1]!.answer(block(20, 2));
  await settle();
  asked[2]!.answer(block(0, 9));
  await settle();
  expect(asked.map(({ tag, from }) => [tag, from])).toEqual([
    ['a', 0],
    ['a', 2],
    ['b', 0],
  ]);
  expect(histories.of('a').captures.map(({ step }) => step)).toEqual([0, 10, 20]);
  expect(histories.of('b').range).toMatchObject({ max: 9 });
  expect(changed).toHaveBeenCalledTimes(3);
});

test('a step that was logged again after a restart has what was logged last', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 4)], true);
  asked[0]!.answer(block(0, 1), block(10, 2), block(20, 3), block(10, 7));
  await settle();
  expect(histories.of('a').captures.map(({ step, max }) => [step, max[0]])).toEqual([
    [0, 1],
    [10, 7],
    [20, 3],
  ]);
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
  asked[1]!.answer();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(3);
});

test('another run or generation begins anew, and late answers for the old one are dropped', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 1)], true);
  histories.want('run', 2, [wish('a', 1)], true);
  expect(asked[0]!.signal.aborted).toBe(true);
  asked[0]!.answer(block(0, 1));
  await settle();
  expect(histories.of('a').rows).toBe(0);
  asked[1]!.answer(block(50, 1));
  await settle();
  expect(histories.of('a').captures.map(({ step }) => step)).toEqual([50]);
});

test('captures that are added meanwhile are read together after a rest, so that no tag waits for those of another', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 1), wish('b', 1)], true);
  histories.want('run', 1, [wish('a', 2), wish('b', 1)], true);
  asked[0]!.answer(block(0, 1));
  await settle();
  histories.want('run', 1, [wish('a', 3), wish('b', 1)], true);
  asked[1]!.answer(block(0, 1));
  await settle();
  expect(asked.map(({ tag }) => tag)).toEqual(['a', 'b']);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(asked.slice(2).map(({ tag, from }) => [tag, from])).toEqual([['a', 1]]);
});

/** What the hub sends by itself of these rows of tag `a`; the step is ten times the row. */
function sent(...rows: readonly number[]): LiveHistory {
  const blocks = rows.map((row) => block(row * 10, row + 1));
  const captures = rows.map((row, at) => ({
    ...{ tag: 'a', kind: 'channels', row, duplicates: true },
    length: blocks[at]!.length,
  }));
  return { run: 'run', generation: 1, captures, blocks: joined(blocks) };
}

test('captures that the hub sends are taken without a request, and those that it did not send are asked for', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 1)], true);
  asked[0]!.answer(block(0, 1));
  await vi.advanceTimersByTimeAsync(500);
  for (let row = 1; row < 40; row++) {
    histories.want('run', 1, [wish('a', row + 1)], true);
    await vi.advanceTimersByTimeAsync(100);
    expect(histories.offer(sent(row))).toBe(true);
  }
  expect(asked).toHaveLength(1);
  expect(histories.of('a')).toMatchObject({ rows: 40, edition: 0, range: { max: 40 } });
  // One is missing before the next.
  expect(histories.offer(sent(41, 42))).toBe(false);
  histories.want('run', 1, [wish('a', 43)], true);
  expect(asked.slice(1).map(({ from }) => from)).toEqual([40]);
  asked[1]!.answer(block(400, 41));
  await vi.advanceTimersByTimeAsync(500);
  expect(histories.of('a').captures.map(({ step }) => step)).toEqual(
    Array.from({ length: 43 }, (_, row) => row * 10),
  );
  // Nothing has come after the last.
  histories.want('run', 1, [wish('a', 44)], true);
  await vi.advanceTimersByTimeAsync(900);
  expect(asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked.slice(2).map(({ from }) => from)).toEqual([43]);
});

test('what is sent while the same is being read counts once, and what is of another run, generation or search not at all', async () => {
  const { asked, histories } = setUp();
  histories.want('run', 1, [wish('a', 2)], true);
  expect(histories.offer(sent(0))).toBe(true);
  expect(histories.offer({ ...sent(1), run: 'other' })).toBe(false);
  expect(histories.offer({ ...sent(1), generation: 0 })).toBe(false);
  const { captures, ...rest } = sent(1);
  expect(histories.offer({ ...rest, captures: captures.map((one) => ({ ...one, duplicates: false })) })).toBe(
    false,
  );
  expect(histories.offer(sent(0))).toBe(false);
  asked[0]!.answer(block(0, 1), block(10, 2), block(20, 3));
  await settle();
  expect(histories.of('a')).toMatchObject({ rows: 3, range: { max: 3 } });
  expect(histories.of('a').captures).toHaveLength(3);
});

test('whatever comes by itself, is lost or is asked for, a run ends with what asking for all of it gives', async () => {
  const steps = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 40 });
  const losses = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 });
  const check = async (run: readonly number[], isLost: readonly boolean[]) => {
    const blocks = run.map((step, row) =>
      row % 11 === 7 ? unreadable(step) : block(step, row % 3 === 0 ? 0 : 1),
    );
    const follow = async (isPushed: boolean) => {
      const { asked, histories } = setUp();
      let answered = 0;
      const answer = async (rows: number) => {
        for (; answered < asked.length; answered++)
          asked[answered]!.answer(...blocks.slice(asked[answered]!.from, rows));
        await settle();
      };
      for (const [row, bytes] of blocks.entries()) {
        histories.want('run', 1, [wish('a', row + 1)], true);
        if (isPushed && !isLost[row]) {
          const captures = [{ tag: 'a', kind: 'channels', row, duplicates: true, length: bytes.length }];
          histories.offer({ run: 'run', generation: 1, captures, blocks: bytes });
        }
        await vi.advanceTimersByTimeAsync(100);
        if (row % 4 === 0) await answer(row + 1);
      }
      for (let seconds = 0; seconds < 4; seconds++) {
        await answer(blocks.length);
        await vi.advanceTimersByTimeAsync(1_000);
      }
      const { edition: _, ...history } = histories.of('a');
      histories.forget();
      return history;
    };
    const [asked, pushed] = [await follow(false), await follow(true)];
    expect(pushed).toEqual({ ...asked, wasRead: true });
    expect(pushed.rows).toBe(run.length);
  };
  await fc.assert(fc.asyncProperty(steps, losses, check), { numRuns: 60 });
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
  asked.at(-1)!.answer(block(0, 1));
  await settle();
  expect(histories.problem).toBeUndefined();
  expect(histories.of('a').rows).toBe(1);
});
