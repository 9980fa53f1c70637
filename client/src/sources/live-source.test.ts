import { PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import type { LiveClientEvents, LiveServerEvents, RunSummary } from '@convscope/shared/protocol/live.js';
import { encodeLivePoints } from '@convscope/shared/protocol/live-points.js';
import { encodeSeriesEnd, encodeSeriesHead } from '@convscope/shared/protocol/series-codec.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLiveSource } from './live-source.js';
import { type ConnectionState, GenerationChangedError, type LiveScalars } from './source.js';

type LiveSocket = Socket<LiveServerEvents, LiveClientEvents>;

/** A socket whose other end is the test. */
function fakeSocket() {
  const handlers = new Map<string, (argument: unknown) => void>();
  const sent: unknown[][] = [];
  const socket = {
    connected: false,
    connects: 0,
    on: (name: string, handler: (argument: unknown) => void) => handlers.set(name, handler),
    emit: (...message: unknown[]) => sent.push(message),
    connect: () => socket.connects++,
    disconnect: () => undefined,
  };
  const hear = (name: string, argument?: unknown) => {
    if (name === 'connect') socket.connected = true;
    if (name === 'disconnect') socket.connected = false;
    handlers.get(name)?.(argument);
  };
  return { socket, sent, hear };
}

function liveSource() {
  const { socket, sent, hear } = fakeSocket();
  const states: ConnectionState[] = [];
  const base = new URL('http://hub.test/below/');
  const source = createLiveSource({ base, connect: () => socket as unknown as LiveSocket });
  source.listen({ connection: (state) => states.push(state) });
  return { source, socket, sent, hear, states };
}

function summary(run: string, lastStep: number): RunSummary {
  return runSummary(run, { state: 'live', lastStep });
}

beforeEach(() => {
  vi.useFakeTimers();
  // Nor does the hub answer over HTTP, unless a test says so.
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('the watch is sent again after a lost connection', () => {
  const { source, sent, hear, states } = liveSource();
  const watch = { runs: ['a'], mapsOf: 'a', tags: ['conv1/preactivation'] };
  source.watch(watch);
  expect(sent).toEqual([]);
  hear('connect');
  expect(sent.filter(([name]) => name === 'watch').map(([, message]) => message)).toEqual([watch]);
  hear('disconnect', 'transport close');
  expect(states.at(-1)?.status).toBe('lost');
  hear('connect');
  expect(sent.filter(([name]) => name === 'watch')).toHaveLength(2);
  source.close();
});

test('a lost connection is retried with growing delays, and reports when', () => {
  const { source, socket, hear, states } = liveSource();
  hear('connect');
  hear('disconnect', 'transport close');
  const first = states.at(-1);
  expect(first).toMatchObject({ status: 'lost', retryAt: Date.now() + 500 });
  vi.advanceTimersByTime(500);
  expect(socket.connects).toBe(1);
  hear('connect_error', new Error('websocket error'));
  expect(states.at(-1)).toMatchObject({ status: 'lost', retryAt: Date.now() + 1000 });
  if (first?.status === 'lost') expect(states.at(-1)).toMatchObject({ since: first.since });
  source.retry();
  expect(socket.connects).toBe(2);
  source.close();
});

test('a refusal by the hub is reported with its message and not retried', () => {
  const { source, socket, hear, states } = liveSource();
  hear(
    'connect_error',
    Object.assign(new Error('Open the address that the hub printed.'), { data: undefined }),
  );
  expect(states.at(-1)).toEqual({ status: 'refused', reason: 'Open the address that the hub printed.' });
  vi.advanceTimersByTime(60_000);
  expect(socket.connects).toBe(0);
  source.close();
});

test('the list of runs combines the first list and the changes', () => {
  const { source, hear } = liveSource();
  hear('runs', { protocol: 1, logdir: './runs', runs: [summary('a', 1), summary('b', 1)] });
  hear('changed', { runs: [summary('b', 9), summary('c', 0)], removed: ['a'] });
  expect(source.list?.logdir).toBe('./runs');
  expect(source.list?.runs.map(({ run, lastStep }) => [run, lastStep])).toEqual([
    ['b', 9],
    ['c', 0],
  ]);
  source.close();
});

test('a list that comes in pieces is shown when it is whole', () => {
  const { source, hear } = liveSource();
  hear('connect');
  hear('runs', { protocol: 1, logdir: './runs', runs: [summary('a', 1)], more: true });
  expect(source.list).toBeUndefined();
  hear('connect');
  hear('runs', { protocol: 1, logdir: './runs', runs: [summary('b', 1)], more: true });
  hear('runs', { protocol: 1, logdir: './runs', runs: [summary('c', 1)] });
  expect(source.list?.runs.map(({ run }) => run)).toEqual(['b', 'c']);
  source.close();
});

test('a watch that the hub refuses is reported with its reason, until the next connection', () => {
  const { source, sent, hear, states } = liveSource();
  source.watch({ runs: ['a'], mapsOf: null, tags: [] });
  hear('connect');
  const answerOf = (name: string) =>
    sent.findLast(([one]) => one === name)?.at(-1) as (answer?: unknown) => void;
  answerOf('watch')({ error: 'It is too much.' });
  const refused = {
    status: 'refused',
    reason: 'The hub refused to watch what this page shows. It is too much.',
  };
  expect(states.at(-1)).toEqual(refused);
  answerOf('ping')();
  expect(states.at(-1)).toEqual(refused);
  hear('connect');
  answerOf('ping')();
  expect(states.at(-1)).toMatchObject({ status: 'connected' });
  source.close();
});

test('an entry of the list that is not as the protocol says is refused, and the list stays', () => {
  const { source, hear, states } = liveSource();
  hear('runs', { protocol: 1, logdir: './runs', runs: [summary('a', 1)] });
  const { readToEnd: _, ...older } = summary('a', 2);
  hear('changed', { runs: [older], removed: [] });
  expect(states.at(-1)).toMatchObject({ status: 'refused' });
  expect(source.list?.runs).toEqual([summary('a', 1)]);
  source.close();
});

test('bytes arrive as a Uint8Array, even if the socket passes an ArrayBuffer', () => {
  const { source, hear } = liveSource();
  const got: Uint8Array[] = [];
  source.listen({ rows: (rows) => got.push(rows.bytes) });
  const bytes = Uint8Array.of(1, 2, 3);
  hear('rows', [{ run: 'a', generation: 1, tag: 't', kind: 'image', start: 0, bytes: bytes.buffer }]);
  expect(got).toEqual([bytes]);
  source.close();
});

test('requests go below the page’s address, and 409 means that the files were replaced', async () => {
  const { source } = liveSource();
  const asked: string[] = [];
  const answers = [
    new Response(Uint8Array.of(9)),
    new Response('', { status: 409 }),
    Response.json({ error: 'No such run.' }, { status: 404 }),
    Response.json({ summary: summary('a', 1), tags: [], gaps: [] }),
    Response.json({ summary: {}, tags: [], gaps: [] }),
  ];
  vi.stubGlobal('fetch', async (url: URL) => {
    asked.push(url.href);
    return answers.shift();
  });
  const { signal } = new AbortController();
  const detail = { summary: summary('a', 1), tags: [], gaps: [] };
  const ref = { run: 'a b/c', generation: 3, tag: 'conv1/weight', kind: 'tensor' };
  expect(await source.indexRows(ref, 7, signal)).toEqual(Uint8Array.of(9));
  const url = new URL(asked[0]!);
  expect(url.pathname).toBe('/below/api/index');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    run: 'a b/c',
    tag: 'conv1/weight',
    kind: 'tensor',
    generation: '3',
    from: '7',
  });
  await expect(source.indexRows(ref, 7, signal)).rejects.toThrow(GenerationChangedError);
  await expect(source.detail('x', signal)).rejects.toThrow('No such run.');
  expect(await source.detail('a', signal)).toEqual(detail);
  await expect(source.detail('a', signal)).rejects.toThrow('different versions');
  source.close();
});

test('points of a subscription bear the names of its runs and tags, and are none before it is answered', () => {
  const { source, sent, hear } = liveSource();
  const heard: LiveScalars[] = [];
  source.listen({ scalars: (rows) => heard.push(rows) });
  const subscription = { runs: ['a', 'b'], tags: ['loss', 'lr'], width: 1024 };
  source.subscribe(subscription);
  expect(sent).toEqual([]);
  hear('connect');
  const [, message, answer] = sent.find(([name]) => name === 'subscribe')!;
  expect(message).toEqual(subscription);
  const [steps, wallTimes, values] = [Float64Array.of(7, 8), Float64Array.of(1, 2), Float64Array.of(1e60, 3)];
  const points = encodeLivePoints([
    { run: 1, tag: 0, generation: 4, start: 5, kept: 6, steps, wallTimes, values },
  ]);
  hear('points', points.buffer);
  expect(heard).toEqual([]);
  (answer as (answer: unknown) => void)({ generations: [null, 4], series: [[1, 0, 5]], refused: [] });
  hear('points', points.buffer);
  const common = { run: 'b', tag: 'loss', generation: 4, start: 5 };
  expect(heard).toEqual([
    { ...common, rows: { steps: [], wallTimes: [], values: [] } },
    { ...common, kept: 6, rows: { steps, wallTimes, values } },
  ]);
  // A new connection begins anew.
  hear('disconnect', 'transport close');
  hear('connect');
  expect(sent.filter(([name]) => name === 'subscribe')).toHaveLength(2);
  hear('points', points.buffer);
  expect(heard).toHaveLength(2);
  source.close();
});

test('many series are asked for by POST, and an answer that is not whole is refused', async () => {
  const { source } = liveSource();
  const head = encodeSeriesHead({ version: 1, x: 'step', runs: [], tags: ['loss'] });
  const end = encodeSeriesEnd({ refused: [{ tag: 'loss', reason: 'No.' }] });
  const answers = [
    new Response(new Blob([head, end])),
    new Response(new Blob([head])),
    Response.json({ error: 'The body is too long.' }, { status: 413 }),
    Response.json({ values: 1 }),
  ];
  const asked: unknown[] = [];
  vi.stubGlobal('fetch', async (url: URL, { method, body }: RequestInit) => {
    asked.push([url.pathname, method, JSON.parse(String(body))]);
    return answers.shift();
  });
  const { signal } = new AbortController();
  const request = { runs: ['a'], tags: ['loss'], x: 'step', width: 10, replaced: false } as const;
  const names = { ...request, runs: ['a'], tags: ['loss'] };
  expect((await source.series(names, signal)).refused).toEqual([{ tag: 'loss', reason: 'No.' }]);
  expect(asked).toEqual([['/below/api/v1/series', 'POST', request]]);
  await expect(source.series(names, signal)).rejects.toThrow('cut');
  await expect(source.series(names, signal)).rejects.toThrow('The body is too long.');
  const at = { runs: ['a'], tags: ['loss'], x: 'step', at: 1, find: 'before', median: false } as const;
  await expect(source.values({ ...at, runs: ['a'], tags: ['loss'] }, signal)).rejects.toThrow('versions');
  source.close();
});

test('the list that comes over HTTP is shown until the socket says it anew', async () => {
  const answer = { protocol: PROTOCOL_VERSION, logdir: '/logs', runs: [summary('early', 1)] };
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: URL) => {
    asked.push(url.pathname);
    return Response.json(answer);
  });
  const { source, hear } = liveSource();
  await vi.waitFor(() => expect(source.list?.runs.map(({ run }) => run)).toEqual(['early']));
  expect(asked).toEqual(['/below/api/runs']);
  hear('connect');
  hear('runs', { ...answer, runs: [summary('a', 2), summary('b', 3)] });
  expect(source.list?.runs.map(({ run }) => run)).toEqual(['a', 'b']);
});

test('a list that comes over HTTP after that of the socket changes nothing', async () => {
  let answer: (response: Response) => void = () => undefined;
  vi.stubGlobal(
    'fetch',
    () =>
      new Promise<Response>((resolve) => {
        answer = resolve;
      }),
  );
  const { source, hear } = liveSource();
  const message = { protocol: PROTOCOL_VERSION, logdir: '/logs', runs: [summary('a', 2)] };
  hear('connect');
  hear('runs', message);
  answer(Response.json({ ...message, runs: [summary('old', 1)] }));
  await vi.advanceTimersByTimeAsync(1);
  expect(source.list?.runs.map(({ run }) => run)).toEqual(['a']);
});

test('without a list over HTTP the page waits for the socket', async () => {
  vi.stubGlobal('fetch', async () => new Response('{"error": "Unknown."}', { status: 401 }));
  const { source, states } = liveSource();
  await vi.advanceTimersByTimeAsync(1);
  expect(source.list).toBeUndefined();
  expect(states).toEqual([]);
});
