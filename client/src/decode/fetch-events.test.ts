/** The events that a decoder fetches, on the page's own thread as where there is no worker. */
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import { eventHead } from '@convscope/shared/protocol/events.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type HeldEvent, TryAgainError } from '../sources/source.js';
import { createDecoder, type Decoder, DecoderStoppedError } from './decoder.js';

const BASE = new URL('http://hub.test/below/');
const TAG = 'conv1/weight';

const eventWith = (value: number) =>
  encodeEvent(
    createTensorRecord({
      ...{ tag: TAG, step: 3, wallTime: 1, dtype: 'float32', shape: [1] },
      values: Float32Array.of(value),
    }),
  );
const FIRST = eventWith(1);
const SECOND = eventWith(2);

function rowsOf(lengths: readonly number[]) {
  return lengths.map((length, step) => ({
    ...{ step, wallTime: 0, file: 0, replacesFrom: 0 },
    ...{ offset: step * 100, length },
  }));
}

/** Answers the requests in turn. */
function hubAnswers(...answers: (Response | Promise<Response>)[]) {
  const asked: unknown[] = [];
  vi.stubGlobal('fetch', async (url: URL, { method = 'GET', body, signal }: RequestInit) => {
    asked.push([url.pathname, method, body === undefined ? url.search : JSON.parse(String(body))]);
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
    return Promise.race([answers.shift(), aborted]);
  });
  return asked;
}

const answerOf = (...parts: readonly Uint8Array[]) => new Response(new Blob([...parts] as BlobPart[]));

async function fetched(decoder: Decoder, lengths: readonly number[], signal = new AbortController().signal) {
  const events: (HeldEvent | undefined)[] = [];
  for await (const event of decoder.fetchEvents(BASE, 'a', 3, rowsOf(lengths), signal))
    events.push(event as HeldEvent | undefined);
  return events;
}

async function decodedValue(decoder: Decoder, event: HeldEvent): Promise<number> {
  const decoded = await decoder.decode({ event, tag: TAG, kind: 'tensor' });
  return decoded.kind === 'tensor' ? decoded.values[0]! : Number.NaN;
}

beforeEach(() => {
  vi.stubGlobal('Worker', undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('several events are asked for at once, arrive one by one, and can be decoded again and again', async () => {
  const parts = [eventHead(FIRST.length), FIRST, eventHead(undefined), eventHead(SECOND.length), SECOND];
  const asked = hubAnswers(answerOf(...parts));
  const decoder = createDecoder();
  const [first, gone, second] = await fetched(decoder, [FIRST.length, 5, SECOND.length]);
  const events = [
    [0, 0, FIRST.length],
    [0, 100, 5],
    [0, 200, SECOND.length],
  ];
  expect(asked).toEqual([['/below/api/events', 'POST', { run: 'a', generation: 3, events }]]);
  expect([gone, first!.byteLength]).toEqual([undefined, FIRST.length]);
  expect(await decodedValue(decoder, second!)).toBe(2);
  expect(await decodedValue(decoder, first!)).toBe(1);
  expect(await decodedValue(decoder, first!)).toBe(1);
});

test('a single event is asked for at its own address, for which the browser keeps the answer', async () => {
  const asked = hubAnswers(answerOf(FIRST));
  const decoder = createDecoder();
  const [event] = await fetched(decoder, [FIRST.length]);
  const query = `?run=a&generation=3&file=0&offset=0&length=${FIRST.length}`;
  expect(asked).toEqual([['/below/api/event', 'GET', query]]);
  expect(await decodedValue(decoder, event!)).toBe(1);
});

test('an answer that is cut off, a busy hub and replaced files may be asked again; a refusal stays', async () => {
  const decoder = createDecoder();
  const busy = Response.json({ error: 'The hub is busy.' }, { status: 503 });
  hubAnswers(answerOf(eventHead(FIRST.length), FIRST), busy, new Response('', { status: 409 }));
  const lengths = [FIRST.length, SECOND.length];
  await expect(fetched(decoder, lengths)).rejects.toThrow(TryAgainError);
  await expect(fetched(decoder, lengths)).rejects.toThrow(new TryAgainError('The hub is busy.'));
  await expect(fetched(decoder, lengths)).rejects.toThrow(TryAgainError);
  hubAnswers(Response.json({ error: 'No such run.' }, { status: 404 }));
  const refused = await fetched(decoder, lengths).catch((error: unknown) => error);
  expect(refused).not.toBeInstanceOf(TryAgainError);
  expect(refused).toMatchObject({ message: 'No such run.' });
});

test('what is not wanted any more is not waited for', async () => {
  const asked = hubAnswers(new Promise(() => undefined));
  const abort = new AbortController();
  const waiting = fetched(createDecoder(), [1, 2], abort.signal);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  abort.abort();
  await expect(waiting).rejects.toThrow(abort.signal.reason);
});

test('an event that was released is not kept, and one that went with its worker may be asked for again', async () => {
  class StoppingWorker {
    static made: StoppingWorker[] = [];
    onerror: ((event: { message: string }) => void) | undefined;
    onmessage: ((event: { data: unknown }) => void) | undefined;
    readonly sent: Record<string, unknown>[] = [];
    constructor() {
      StoppingWorker.made.push(this);
    }
    postMessage(message: Record<string, unknown>): void {
      this.sent.push(message);
      const { fetch } = message;
      if (fetch === undefined) return;
      const came = ['one', 'two'].map((held) => ({ held, byteLength: 4 }));
      this.onmessage?.({ data: { fetch, came } });
      this.onmessage?.({ data: { fetch, ended: true } });
    }
  }
  vi.stubGlobal('Worker', StoppingWorker);
  const decoder = createDecoder();
  const [one, two] = await fetched(decoder, [4, 4]);
  const [worker] = StoppingWorker.made;
  one!.release();
  await vi.waitFor(() => expect(worker!.sent.at(-1)).toEqual({ release: ['one'] }));
  worker!.onerror!({ message: 'out of memory' });
  await expect(decodedValue(decoder, two!)).rejects.toThrow(DecoderStoppedError);
});
