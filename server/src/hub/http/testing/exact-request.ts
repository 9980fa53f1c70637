/** A hub with one run, and requests whose every byte the test chooses. */
import { mkdir, writeFile } from 'node:fs/promises';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { picture, runHead, scalar, TORCH_FILE, uid } from '../../testing/run-bytes.js';
import { startTestHub, type TestHub, temporaryFolder, waitFor } from '../../testing/test-hub.js';

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A request with exactly these headers; fetch would choose Host and Origin by itself. */
export function ask(
  hub: { port: number },
  path: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const sent = request({ host: '127.0.0.1', port: hub.port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The first line and headers of the answer to a raw request. */
export function askRaw(hub: { port: number }, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(hub.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (part) => {
      answer += part.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

export const TAG_WITH_MARKUP = '<img src=x onerror=alert(1)>"\'&<script>alert(2)</script>';

export async function hubWithRun(options: Parameters<typeof startTestHub>[0] = {}): Promise<TestHub> {
  const root = join(await temporaryFolder(), 'runs');
  await mkdir(join(root, 'run'), { recursive: true });
  await writeFile(
    join(root, 'run', TORCH_FILE),
    Buffer.concat([runHead(uid('a')), scalar(TAG_WITH_MARKUP, 1, 1), picture('map', 2, 300)]),
  );
  await writeFile(join(root, 'secret.txt'), 'secret');
  const hub = await startTestHub({ logdir: root, ...options });
  await waitFor(() => expect(hub.logdir.runs.get('run')?.index.lastStep).toBe(2));
  return hub;
}
