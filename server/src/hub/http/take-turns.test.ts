import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { takeTurns } from './take-turns.js';

/** More than a turn. */
const LONG_MS = 10;

/** A server that takes `LONG_MS` to answer `/long`, and tells what it has begun and how many turns it took. */
async function startServer() {
  const begun: string[] = [];
  let turns = 0;
  let inTurn = 0;
  let most = 0;
  let isTold = false;
  const server = createServer();
  const answer = takeTurns(
    server,
    ({ url }, response) => {
      begun.push(url ?? '');
      most = Math.max(most, ++inTurn);
      if (!isTold)
        setImmediate(() => {
          isTold = false;
          inTurn = 0;
          turns++;
        });
      isTold = true;
      const until = performance.now() + (url?.startsWith('/long') ? LONG_MS : 0);
      while (performance.now() < until);
      response.end('answered');
    },
    LONG_MS / 2,
  );
  server.on('request', answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const ask = (path: string) => {
    const client = connect(port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    client.on('error', () => undefined);
    client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const answered = new Promise<void>((resolve) => client.once('data', () => resolve()));
    return { client, answered };
  };
  return { begun, ask, turns: () => turns, most: () => most };
}

test('of requests that come at once few are begun in one turn of the event loop, and all are answered', async () => {
  const { begun, ask, turns, most } = await startServer();
  const all = Array.from({ length: 40 }, (_, at) => ask(`/long?${at}`));
  await Promise.all(all.map(({ answered }) => answered));
  expect(new Set(begun).size).toBe(40);
  expect(most()).toBe(1);
  expect(turns()).toBeGreaterThanOrEqual(20);
});

test('a request for another address does not wait for those that came before it', async () => {
  const { begun, ask } = await startServer();
  for (let at = 0; at < 40; at++) ask(`/long?${at}`);
  await ask('/other').answered;
  expect(begun.length).toBeLessThan(30);
});

test('what a client has left is not begun', async () => {
  const { begun, ask } = await startServer();
  const all = Array.from({ length: 40 }, (_, at) => ask(`/long?${at}`));
  await all[0]!.answered;
  for (const { client } of all) client.destroy();
  await ask('/other').answered;
  const left = begun.length;
  await ask('/long?last').answered;
  await vi.waitFor(() => expect(begun.at(-1)).toBe('/long?last'));
  expect(begun.length).toBeLessThan(left + 10);
  expect(left).toBeLessThan(30);
});
