import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import { Server } from 'socket.io';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startTestHub, TOKEN, temporaryFolder } from '../hub/testing/test-hub.js';
import { freePort } from '../testing/process.js';
import { readOnlyLog } from '../testing/run-log.js';
import { createRunWriter, type RunWriterOptions } from './create-run-writer.js';
import type { RunWriter } from './run-writer.js';
import { spoolDirectory } from './spool.js';

const until = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 30_000, interval: 10 });

async function folders() {
  const root = await temporaryFolder();
  return { cacheDirectory: join(root, 'cache'), logdir: join(root, 'runs') };
}

function begin(options: Omit<RunWriterOptions, 'name'> & { name?: string }): RunWriter {
  const name = options.name ?? 'r';
  const writer = createRunWriter({ ...options, name });
  onTestFinished(async () => void (await writer.close({ acknowledgeWithinMs: 0 })));
  writer.add(runStartRecord({ runUid: writer.runUid, name }));
  return writer;
}

function logSteps(writer: RunWriter, steps: number): void {
  for (let step = 0; step < steps; step++)
    writer.add({ kind: 'scalar', tag: 'train/loss', step, wallTime: 1 + step, value: step });
}

const counted = (steps: number) => Array.from({ length: steps }, (_, i) => i);

describe('a run writer', () => {
  it('gets a directory of its own when two runs of one name begin at the same time', async () => {
    const { cacheDirectory, logdir } = await folders();
    const hub = await startTestHub({ logdir });
    const two = [0, 1].map(() => begin({ cacheDirectory, logdir, hub: { url: hub.url, token: TOKEN } }));
    for (const [i, writer] of two.entries()) logSteps(writer, 10 * (i + 1));
    const closed = await Promise.all(two.map((writer) => writer.close({ acknowledgeWithinMs: 20_000 })));
    const paths = closed.map(({ path }) => path!);
    expect([...paths].sort()).toEqual([join(logdir, 'r'), join(logdir, 'r-2')]);
    for (const [i, path] of paths.entries()) expect(readOnlyLog(path).steps).toEqual(counted(10 * (i + 1)));
  });

  it('gives up on time when no hub answers, and the spool keeps the log', async () => {
    const { cacheDirectory, logdir } = await folders();
    const url = `http://127.0.0.1:${await freePort()}`;
    const writer = begin({ cacheDirectory, logdir, hub: { url, token: TOKEN } });
    logSteps(writer, 10);
    const started = performance.now();
    const spool = spoolDirectory(cacheDirectory, writer.runUid);
    expect(await writer.close({ acknowledgeWithinMs: 500 })).toEqual({
      acknowledged: false,
      waitsIn: spool,
    });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(readOnlyLog(spool).steps).toEqual(counted(10));
    expect(JSON.parse(readFileSync(join(spool, 'spool.json'), 'utf8'))).toMatchObject({ run: 'r', logdir });
  });

  it('says that the hub speaks another protocol, in the hub’s words', async () => {
    const { cacheDirectory, logdir } = await folders();
    const other = new Server({ transports: ['websocket'] });
    const port = await freePort();
    other.of('/ingest').use((socket, next) => {
      const { protocol } = socket.handshake.auth as { protocol: number };
      next(new Error(`The sender speaks protocol ${protocol}, this hub 99.`));
    });
    other.listen(port);
    onTestFinished(() => other.close());
    const writer = begin({ cacheDirectory, logdir, hub: { url: `http://127.0.0.1:${port}`, token: TOKEN } });
    await until(() =>
      expect(writer.status().warning).toContain(
        `refuses the log. The sender speaks protocol ${PROTOCOL_VERSION}, this hub 99. Training goes on`,
      ),
    );
  });

  it('ends at once where the hub refuses for good, and says where the log stays', async () => {
    const { cacheDirectory, logdir } = await folders();
    const hub = await startTestHub({ logdir });
    const writer = begin({ name: '../out', cacheDirectory, logdir, hub: { url: hub.url, token: TOKEN } });
    const spool = spoolDirectory(cacheDirectory, writer.runUid);
    await until(() => expect(writer.status().warning).toContain(`its log stays in ${spool}.`));
    logSteps(writer, 10);
    const started = performance.now();
    expect(await writer.close({ acknowledgeWithinMs: 60_000 })).toEqual({
      acknowledged: false,
      waitsIn: spool,
    });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(readOnlyLog(spool).steps).toEqual(counted(10));
  });
});
