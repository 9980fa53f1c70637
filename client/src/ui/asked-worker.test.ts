import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAskedWorker } from './asked-worker.js';

class FakeWorker {
  static made: FakeWorker[] = [];
  onmessage: ((event: { data: unknown }) => void) | undefined;
  onerror: ((event: { message: string }) => void) | undefined;
  asked: unknown[] = [];
  isEnded = false;
  constructor() {
    FakeWorker.made.push(this);
  }
  postMessage(question: unknown): void {
    this.asked.push(question);
  }
  terminate(): void {
    this.isEnded = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeWorker.made = [];
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const create = () =>
  createAskedWorker<string, string>({
    start: () => new Worker(''),
    here: async (question) => ({ answer: `here ${question}` }),
    limitMs: 1_000,
    tooLong: 'It takes too long.',
  });

test('questions are answered one after the other by one worker, which ends when it is idle', async () => {
  const ask = create();
  const answers = Promise.all([ask('a'), ask('b')]);
  const [worker] = FakeWorker.made;
  expect(worker?.asked).toEqual(['a']);
  worker?.onmessage?.({ data: { answer: 'A' } });
  expect(worker?.asked).toEqual(['a', 'b']);
  worker?.onmessage?.({ data: { answer: 'B' } });
  expect(await answers).toEqual(['A', 'B']);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(worker?.isEnded).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(worker?.isEnded).toBe(true);
});

test('an answer that takes too long is given up with its worker, and the next question is answered by another', async () => {
  const ask = create();
  const slow = expect(ask('slow')).rejects.toThrow('It takes too long.');
  const next = ask('next');
  await vi.advanceTimersByTimeAsync(1_001);
  await slow;
  const [first, second] = FakeWorker.made;
  expect(first?.isEnded).toBe(true);
  second?.onmessage?.({ data: { answer: 'N' } });
  expect(await next).toBe('N');
});

test('what a worker cannot answer, and a worker that fails, are sentences', async () => {
  const ask = create();
  const refused = expect(ask('a')).rejects.toThrow('No.');
  FakeWorker.made[0]?.onmessage?.({ data: { error: 'No.' } });
  await refused;
  const failed = expect(ask('b')).rejects.toThrow('out of memory');
  FakeWorker.made[0]?.onerror?.({ message: 'out of memory' });
  await failed;
});

test('without workers the page answers itself', async () => {
  vi.stubGlobal('Worker', undefined);
  expect(await create()('a')).toBe('here a');
});
