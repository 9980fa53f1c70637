import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { oneAtATime } from './one-at-a-time.js';

/** A server whose answers are given by the test, and a connection on which so many requests were sent at once. */
async function pipelined(count: number) {
  const begun: { readonly url: string | undefined; readonly response: ServerResponse }[] = [];
  const server = createServer(oneAtATime(({ url }, response) => begun.push({ url, response })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  let said = '';
  client.on('data', (part: Buffer) => {
    said += part.toString();
  });
  const requests = Array.from({ length: count }, (_, at) => `GET /${at} HTTP/1.1\r\nHost: x\r\n\r\n`);
  client.write(requests.join(''));
  return { begun, client, said: () => said };
}

test('requests of one connection are begun one after the other, and answered in order', async () => {
  const { begun, said } = await pipelined(20);
  for (let at = 0; at < 20; at++) {
    await vi.waitFor(() => expect(begun.length).toBe(at + 1));
    expect(begun[at]!.url).toBe(`/${at}`);
    begun[at]!.response.end(`answer ${at};`);
  }
  await vi.waitFor(() => expect(said()).toContain('answer 19;'));
  expect([...said().matchAll(/answer (\d+);/g)].map(([, at]) => Number(at))).toEqual(
    begun.map((_, at) => at),
  );
});

test('a connection with hundreds of requests that wait is cut, and they are never begun', async () => {
  const { begun, client } = await pipelined(500);
  await vi.waitFor(() => expect(client.closed).toBe(true));
  expect(begun.length).toBe(1);
  begun[0]!.response.end();
});
