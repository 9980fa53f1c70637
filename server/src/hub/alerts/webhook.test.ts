import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Alert } from '@convscope/shared/alerts.js';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../testing/until.js';
import { startTestHub } from '../testing/test-hub.js';
import { checkWebhook } from './check-webhook.js';
import { createWebhook } from './webhook.js';

const SECRET = 'a secret of sixteen';
const ALERT: Alert = { kind: 'failed', run: 'a', step: 3, at: 1, sentence: 'a failed at step 3.' };

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Answers with these codes, the last one again and again. */
async function receiver(codes: readonly number[], received: Received[]): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const code = codes[Math.min(received.length, codes.length - 1)]!;
      received.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      response.writeHead(code, code === 302 ? { Location: '/elsewhere' } : {}).end();
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

function open(url: string) {
  const said: string[] = [];
  const options = { url, secret: SECRET, logdir: './runs', firstPauseMs: 1 };
  return { said, webhook: createWebhook({ ...options, log: (sentence) => said.push(sentence) }) };
}

describe('the webhook of alerts', () => {
  it('is told by the hub when the loss of a run it follows becomes NaN, and not what was so before', async () => {
    const received: Received[] = [];
    const url = await receiver([200], received);
    const hub = await startTestHub({ alertWebhook: { url, secret: SECRET } });
    const file = join(hub.root, 'net', 'events.out.tfevents.1.host.1.0');
    await mkdir(join(hub.root, 'net'), { recursive: true });
    const point = (step: number, value: number) =>
      encodeFrame(encodeEvent({ kind: 'scalar', tag: 'loss', step, wallTime: Date.now() / 1000, value }));
    await appendFile(file, Buffer.concat([encodeFrame(encodeFileVersion(1)), point(0, 1)]));
    await until(() => hub.logdir.runs.get('net')?.summary().readToEnd === true, 'the run');
    // Two looks: the first makes the run known.
    let step = 1;
    await until(async () => {
      if (received.length === 0) await appendFile(file, point(step, step++ % 2 === 0 ? 1 : Number.NaN));
      return received.length > 0;
    }, 'the alert');
    expect(JSON.parse(received[0]!.body).alert).toMatchObject({ kind: 'not-finite', run: 'net' });
  });

  it('gets each alert as JSON with a signature that the receiver can check', async () => {
    const received: Received[] = [];
    const { webhook } = open(await receiver([204], received));
    webhook.send(ALERT);
    await until(() => received.length === 1, 'the alert');
    const { headers, body } = received[0]!;
    expect(JSON.parse(body)).toEqual({ version: 1, logdir: './runs', alert: ALERT });
    const time = headers['x-convscope-timestamp'];
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(60);
    const expected = createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex');
    expect(headers['x-convscope-signature']).toBe(`sha256=${expected}`);
    await webhook.close();
  });

  it('is tried again until it takes an alert, and the next alert comes after it', async () => {
    const received: Received[] = [];
    const { webhook, said } = open(await receiver([503, 500, 200], received));
    webhook.send(ALERT);
    webhook.send({ ...ALERT, run: 'b' });
    await until(() => received.length === 4, 'both alerts');
    const runs = received.map(({ body }) => JSON.parse(body).alert.run);
    expect(runs).toEqual(['a', 'a', 'a', 'b']);
    expect(said).toEqual([]);
    await webhook.close();
  });

  it('is given up after six tries, with a sentence, and never follows a redirect', async () => {
    const received: Received[] = [];
    const { webhook, said } = open(await receiver([302], received));
    webhook.send(ALERT);
    await until(() => said.length === 1, 'the sentence');
    expect(received).toHaveLength(6);
    expect(said[0]).toMatch(/did not take an alert after 6 tries.*a failed at step 3\./);
    await webhook.close();
  });

  it('ends at once with the hub, whatever it waits for', async () => {
    const { webhook, said } = open('http://127.0.0.1:9/');
    for (let at = 0; at < 120; at++) webhook.send(ALERT);
    await webhook.close();
    webhook.send(ALERT);
    expect(said.every((sentence) => sentence.includes('given up'))).toBe(true);
  });

  it('needs an address of the web and a secret', () => {
    expect(() => checkWebhook('file:///etc/passwd', SECRET)).toThrow(/http/);
    expect(() => checkWebhook('no address', SECRET)).toThrow(/http/);
    expect(() => checkWebhook('https://example.org/', undefined)).toThrow(/CONVSCOPE_ALERT_SECRET/);
    expect(() => checkWebhook('https://example.org/', 'short')).toThrow(/16 characters/);
    expect(() => checkWebhook('https://example.org/', SECRET)).not.toThrow();
  });
});
