/** What the list of runs says of a run, and when its state changes. */
import { appendFile, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { describe, expect, it, vi } from 'vitest';
import {
  hparams,
  ORACLES,
  runEnd,
  runHead,
  scalar,
  sessionEnd,
  TORCH_FILE,
  uid,
} from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { StorageError } from '../storage/storage-error.js';
import { follow, stepsOf, waitFor } from './testing/follow-closely.js';

describe('the state of a run', () => {
  const start = 1_700_000_000;

  async function runOf(bytes: Buffer) {
    const root = await temporaryFolder();
    const file = join(root, TORCH_FILE);
    await writeFile(file, bytes);
    await utimes(file, start, start);
    let clock = start + 5;
    const logdir = await follow(root, { now: () => clock });
    return {
      logdir,
      file,
      state: () => logdir.runs.get('.')!.state(),
      at: (seconds: number) => {
        clock = start + seconds;
      },
    };
  }

  it('is live while bytes arrive, lost when a convscope run falls silent, and live again when bytes arrive again', async () => {
    const changes: string[] = [];
    const { logdir, file, state, at } = await runOf(runHead(uid('a')));
    logdir.listen({ changed: (run) => changes.push(run.state()) });
    expect(state()).toBe('live');
    at(31);
    expect(state()).toBe('lost');
    // Nothing changes on disk; only the clock triggers the notification.
    await waitFor(() => expect(changes.at(-1)).toBe('lost'));
    await appendFile(file, scalar('train/loss', 1, 1));
    await utimes(file, start + 31, start + 31);
    await waitFor(() => expect(state()).toBe('live'));
  });

  it('is idle for a silent log of another writer, later than the pause after which torch flushes', async () => {
    const { state, at } = await runOf(scalar('loss', 1, 1));
    expect(state()).toBe('live');
    at(125);
    expect(state()).toBe('live');
    at(151);
    expect(state()).toBe('idle');
  });

  it('is failed when the writer of its hyperparameters says so, until another session begins', async () => {
    const begun = Buffer.concat([hparams({ lr: 1 }), scalar('loss', 1, 1)]);
    const { file, state } = await runOf(Buffer.concat([begun, sessionEnd('success')]));
    // torch says that a session was a success when it begins.
    expect(state()).toBe('live');
    await appendFile(file, sessionEnd('failure'));
    await waitFor(() => expect(state()).toBe('failed'));
    await appendFile(file, begun);
    await waitFor(() => expect(state()).toBe('live'));
  });

  it('is live as long as the pauses of its log are, which may be epochs', async () => {
    const epochs = [0, 1, 2, 3].map((epoch) => scalar('loss', 600 * epoch, 1));
    const { state, at } = await runOf(Buffer.concat(epochs));
    at(1200);
    expect(state()).toBe('live');
    at(1300);
    expect(state()).toBe('idle');
  });

  it('is not live because of a change in the future, by a wrong clock', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, TORCH_FILE), scalar('x', 1, 1));
    await utimes(join(root, TORCH_FILE), start + 3600, start + 3600);
    const logdir = await follow(root, { now: () => start });
    expect(logdir.runs.get('.')!.state()).toBe('idle');
  });

  it('comes with the files that cannot be read, until they can', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, TORCH_FILE), scalar('x', 1, 1));
    await writeFile(join(root, `${TORCH_FILE}.closed`), scalar('x', 2, 1));
    await mkdir(join(root, 'none'));
    await writeFile(join(root, 'none', `${TORCH_FILE}.closed`), scalar('x', 2, 1));
    await utimes(join(root, 'none', `${TORCH_FILE}.closed`), start, start);
    const storage = await openLocalLogdir(root);
    const read = storage.read.bind(storage);
    let isClosed = true;
    vi.spyOn(storage, 'read').mockImplementation((path, ...place) => {
      if (isClosed && path.endsWith('closed'))
        return Promise.reject(new StorageError('forbidden', 'EACCES: permission denied'));
      return read(path, ...place);
    });
    const logdir = await follow(root, { storage });
    const run = logdir.runs.get('.')!;
    expect(run.summary().notShown).toEqual([
      `${TORCH_FILE}.closed cannot be read (EACCES: permission denied); it is tried again.`,
    ]);
    expect(stepsOf(logdir, '.', 'x')).toEqual([1]);
    // What can be read has been read, so that nobody waits for it.
    expect(run.summary()).toMatchObject({ readToEnd: true, unreadable: 1 });
    // Of a file that cannot be read it is not known that it holds nothing.
    expect(logdir.runs.get('none')!.summary().notShown).toEqual([expect.stringContaining('cannot be read')]);
    isClosed = false;
    await waitFor(() => expect(stepsOf(logdir, '.', 'x')).toEqual([1, 2]));
    expect(run.summary().notShown).toBeUndefined();
    await waitFor(() => expect(run.summary().readToEnd).toBe(true));
    expect(run.summary().unreadable).toBeUndefined();
  });

  it('comes with what a run without records is', async () => {
    const root = await temporaryFolder();
    const files = {
      empty: Buffer.alloc(0),
      version: encodeFrame(encodeFileVersion(start)),
      compressed: gzipSync(scalar('x', 1, 1)),
    };
    for (const [run, bytes] of Object.entries(files)) {
      await mkdir(join(root, run));
      await writeFile(join(root, run, TORCH_FILE), bytes);
      await utimes(join(root, run, TORCH_FILE), start, start);
    }
    const logdir = await follow(root);
    const notShown = (run: string) => logdir.runs.get(run)!.summary().notShown;
    expect(notShown('empty')).toEqual(['The event file is empty.']);
    expect(notShown('version')).toEqual([
      'The event file holds its version and nothing else: no record was written.',
    ]);
    await waitFor(() =>
      expect(notShown('compressed')).toEqual([
        `${TORCH_FILE} is compressed (gzip); unpack it to see what it holds.`,
      ]),
    );
  });

  it('is computed once for a change, whoever asks', async () => {
    const { logdir, file } = await runOf(scalar('loss', 1, 1));
    const run = logdir.runs.get('.')!;
    const first = run.summary();
    expect(run.summary()).toBe(first);
    expect(run.detail().summary).toBe(first);
    await appendFile(file, scalar('loss', 2, 2));
    await waitFor(() => expect(run.summary().lastStep).toBe(2));
    logdir.annotate(new Map([['.', { label: 'best' }]]));
    expect(run.summary().label).toBe('best');
    logdir.annotate(new Map());
    expect(run.summary().label).toBeUndefined();
  });

  it('is live while a sender is connected', async () => {
    const { logdir, state, at } = await runOf(runHead(uid('a')));
    at(1000);
    expect(state()).toBe('lost');
    logdir.setSenders('.', 1);
    expect(state()).toBe('live');
    logdir.setSenders('.', 0);
    expect(state()).toBe('lost');
  });

  it('is the reason in the end record, until the run continues in another file', async () => {
    const { logdir, file, state } = await runOf(Buffer.concat([runHead(uid('a')), runEnd(5, 'interrupted')]));
    expect(state()).toBe('interrupted');
    await writeFile(file.replace(/\.0$/, '.1'), runHead(uid('a')));
    await waitFor(() => expect(logdir.runs.get('.')!.files).toHaveLength(2));
    await waitFor(() => expect(state()).toBe('live'));
  });

  it('comes with a sparkline and the newest loss, including NaN', async () => {
    const losses = Array.from({ length: 500 }, (_, i) => scalar('train/loss', i, i === 499 ? Number.NaN : i));
    const { logdir } = await runOf(Buffer.concat(losses));
    const { sparkline, loss, lossTag, lastStep } = logdir.runs.get('.')!.summary();
    expect([lossTag, loss]).toEqual(['train/loss', 'NaN']);
    expect(lastStep).toBe(499);
    expect(sparkline).toHaveLength(48);
    expect([sparkline[0], sparkline[47]]).toEqual(['0', 'NaN']);
  });

  it("comes with the configuration, our own or another writer's hyperparameters, and the newer value of two", async () => {
    const { logdir } = await runOf(scalar('loss', 0, 1));
    expect(logdir.runs.get('.')?.summary().config).toBeUndefined();
    const ours = await runOf(
      Buffer.concat([runHead(uid('a'), { config: { lr: 0.1 } }), hparams({ lr: 0.2, seed: 1 })]),
    );
    expect(ours.logdir.runs.get('.')?.summary().config).toEqual({ lr: 0.2, seed: 1 });

    const torch = await follow(fileURLToPath(new URL('torch-hparams', ORACLES)));
    expect(torch.runs.get('trial0')?.summary().config).toEqual({
      lr: 0.1,
      bsize: 16,
      nesterov: 1,
      opt: 'sgd',
    });
    expect(torch.runs.get('trial1')?.summary().config).toEqual({
      lr: 0.01,
      bsize: 64,
      nesterov: 0,
      opt: 'adam',
    });
  });

  it('of five hundred runs, each with the longest configuration, stays within a message of a few megabytes', async () => {
    const root = await temporaryFolder();
    const long = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, 'x'.repeat(100)]));
    const bytesOf = (lr: number) => runHead(uid('a'), { config: { lr, ...long } });
    // One of them differs, so that it is known by its own configuration. Making each anew would take most of the time.
    const others = bytesOf(0.5);
    for (let i = 0; i < 500; i++) {
      await mkdir(join(root, `run${i}`));
      await writeFile(join(root, `run${i}`, TORCH_FILE), i === 123 ? bytesOf(0.123) : others);
    }
    const logdir = await follow(root);
    const started = performance.now();
    const list = JSON.stringify([...logdir.runs.values()].map((run) => run.summary()));
    expect(performance.now() - started).toBeLessThan(2000);
    expect(list.length).toBeLessThan(500 * 5000);
    const { config, configOmitted } = logdir.runs.get('run123')!.summary();
    expect(config?.['lr']).toBe(0.123);
    expect(configOmitted).toBe(501 - Object.keys(config ?? {}).length);
  });
});
