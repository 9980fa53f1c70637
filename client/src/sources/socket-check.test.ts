import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BLOCKED, CUT, LASTING_MS, SocketCheck } from './socket-check.js';

const base = new URL('http://hub.test/below/');
const answers = (status: number, body: unknown) =>
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(body, { status })));
const hubAnswers = () => answers(200, { version: 1, runs: [], tags: [], values: [], refused: [] });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('says that WebSockets do not pass when the second attempt has failed too and the hub answers over HTTP', async () => {
  hubAnswers();
  const check = new SocketCheck(base);
  expect(await check.lost()).toBeUndefined();
  expect(await check.lost()).toBe(BLOCKED);
  check.opened();
  expect(await check.lost()).toBeUndefined();
});

test('says nothing more than that the hub is lost while nothing answers over HTTP, or a proxy does in its place', async () => {
  const check = new SocketCheck(base);
  for (const fetch of [
    () => Promise.reject(new TypeError('fetch failed')),
    () => Promise.resolve(new Response('<h1>502 Bad Gateway</h1>', { status: 502 })),
    () => Promise.resolve(Response.json({ message: 'upstream is gone' }, { status: 502 })),
    () => Promise.resolve(Response.json(null)),
  ]) {
    vi.stubGlobal('fetch', fetch);
    for (let attempt = 0; attempt < 4; attempt++) expect(await check.lost()).toBeUndefined();
  }
});

test('a hub that is down and comes back is not called blocked by the attempts while it was down', async () => {
  const check = new SocketCheck(base);
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
  for (let attempt = 0; attempt < 4; attempt++) await check.lost();
  hubAnswers();
  expect(await check.lost()).toBeUndefined();
});

test('says that connections are cut when the third in a row did not last', async () => {
  hubAnswers();
  const check = new SocketCheck(base);
  const connect = async (lastsMs: number) => {
    check.opened();
    vi.advanceTimersByTime(lastsMs);
    return check.lost();
  };
  expect(await connect(1000)).toBeUndefined();
  expect(await connect(1000)).toBeUndefined();
  expect(await connect(1000)).toBe(CUT);
  expect(await connect(LASTING_MS)).toBeUndefined();
  expect(await connect(1000)).toBeUndefined();
});

test('repeats the sentence with which the hub refuses this page', async () => {
  answers(403, { error: 'Requests from another origin are refused.' });
  expect(await new SocketCheck(base).lost()).toBe('Requests from another origin are refused.');
});
