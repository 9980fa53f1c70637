import { link, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../native-install/testing/fake-commands.js';
import { checkData } from './check-data.js';
import { cacheParts, checkLogdir, checkSpool, formatBytes } from './check-folders.js';
import { checkPort } from './check-port.js';

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the data check', () => {
  it('says how to get CIFAR-10 if it is missing', async () => {
    expect(await checkData(directory)).toMatchObject({ status: 'note', text: 'is not in the cache yet' });
  });

  it('names every file that is missing or has the wrong checksum', async () => {
    await mkdir(join(directory, 'cifar-10'));
    await writeFile(join(directory, 'cifar-10', 'test_batch.bin'), 'something else');
    const check = await checkData(directory);
    expect(check.status).toBe('problem');
    expect(check.text).toMatch(/data_batch_1\.bin is missing.*test_batch\.bin has the wrong checksum/);
    expect(check.advice).toBe(`Delete ${join(directory, 'cifar-10')}; the next training downloads it again.`);
  });
});

describe('the spool check', () => {
  it('is ok for an empty spool', async () => {
    expect(await checkSpool(directory)).toMatchObject({ status: 'ok' });
  });

  it('counts the waiting runs and their bytes', async () => {
    for (const run of ['a', 'b']) {
      await mkdir(join(directory, 'spool', run), { recursive: true });
      await writeFile(join(directory, 'spool', run, 'events'), Buffer.alloc(1_500_000));
    }
    const check = await checkSpool(directory);
    expect(check).toMatchObject({
      status: 'note',
      text: 'holds 2 runs that no hub has acknowledged in full (3 MB)',
    });
  });
});

describe('the sizes of the cache', () => {
  it('counts a file with two hard links once', async () => {
    await mkdir(join(directory, 'native', 'one'), { recursive: true });
    await writeFile(join(directory, 'native', 'one', 'library'), Buffer.alloc(1000));
    await link(join(directory, 'native', 'one', 'library'), join(directory, 'native', 'again'));
    await mkdir(join(directory, 'chromium'));
    await writeFile(join(directory, 'chromium', 'chromium'), Buffer.alloc(10));
    expect(await cacheParts(directory)).toEqual({ native: 1000, chromium: 10 });
  });

  it('is empty without a cache, and is formatted with units', async () => {
    expect(await cacheParts(join(directory, 'none'))).toEqual({});
    expect([900, 25e6, 1.26e9].map(formatBytes)).toEqual(['1 kB', '25 MB', '1.3 GB']);
  });
});

describe('the logdir check', () => {
  it('leaves nothing behind, whether the folder exists or not', async () => {
    expect((await checkLogdir(directory)).text).toMatch(/can be written to/);
    expect((await checkLogdir(join(directory, 'deep', 'runs'))).text).toMatch(/can be created/);
    expect(await readdir(directory)).toEqual([]);
  });

  it('says why the logdir cannot be written to', async () => {
    await writeFile(join(directory, 'file'), '');
    const check = await checkLogdir(join(directory, 'file', 'runs'));
    expect(check).toMatchObject({
      status: 'problem',
      text: expect.stringMatching(/file\/runs cannot be written to: E/),
    });
  });
});

describe('the port check', () => {
  async function whileServing<T>(body: string, look: (port: number) => Promise<T>): Promise<T> {
    const server = createServer((_request, response) => response.end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await look((server.address() as AddressInfo).port);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  it('reports a free port as free', async () => {
    const port = await whileServing('', async (taken) => taken);
    expect(await checkPort('127.0.0.1', port)).toMatchObject({
      status: 'ok',
      text: `${port} on 127.0.0.1 is free`,
    });
  });

  it('distinguishes a convscope hub from another program', async () => {
    const session = JSON.stringify({ version: '0.1.0', logdir: '/data/runs', readOnly: false });
    const ours = await whileServing(session, (port) => checkPort('127.0.0.1', port));
    expect(ours).toMatchObject({
      status: 'ok',
      text: expect.stringMatching(/a convscope hub answers, serving \/data\/runs/),
    });
    const other = await whileServing('<html>', (port) => checkPort('127.0.0.1', port));
    expect(other).toMatchObject({
      status: 'note',
      text: expect.stringMatching(/is taken by another program/),
    });
  });

  it('reports a problem for an address of another machine', async () => {
    // TEST-NET-1 of RFC 5737, which is never assigned.
    expect(await checkPort('192.0.2.1', 6180)).toMatchObject({ status: 'problem' });
  });
});
