import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { redeemToken } from './redeem-token.js';

const base = new URL('http://hub.test/');
let answer: () => Promise<Response>;
const asked: string[] = [];

beforeEach(() => {
  asked.length = 0;
  answer = async () => new Response(null, { status: 204 });
  vi.stubGlobal('fetch', (_url: URL, { body }: { body: string }) => {
    asked.push(body);
    return answer();
  });
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  history.replaceState(null, '', '#');
});

const open = (hash: string) => {
  history.replaceState(null, '', hash);
  return redeemToken(base);
};

test('a token is exchanged for a cookie and leaves the address', async () => {
  await open('#token=a%20b');
  expect(asked).toEqual(['{"token":"a b"}']);
  expect(location.hash).toBe('#run');
  await open('#run?layer=conv1');
  expect(asked).toHaveLength(1);
});

test('no token keeps the page from opening', async () => {
  answer = async () => new Response(null, { status: 403 });
  for (const token of ['%E0%A4%A', '%', '%00', '\ud800', 'x'.repeat(100_000), '"}{', '<script>'])
    await open(`#token=${token}`);
  expect(asked).toHaveLength(7);
  expect(JSON.parse(asked[0]!)).toEqual({ token: '%E0%A4%A' });
});

test('a hub that does not answer leaves the token in the address, for when the page is loaded again', async () => {
  answer = () => Promise.reject(new TypeError('Failed to fetch'));
  await open('#token=abc');
  expect(location.hash).toBe('#token=abc');
});
