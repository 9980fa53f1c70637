/** What other programs write is there as soon as they have flushed it. */
import { spawn } from 'node:child_process';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { eventOf, FRAME_OVERHEAD_BYTES } from '@convscope/shared/event-log/frame.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { oracleBytes, oracleJson } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { pythonWith } from '../testing/python.js';
import { createLogdir, type FollowedLogdir } from './logdir.js';

const WRITER = fileURLToPath(new URL('./testing/live_writer.py', import.meta.url));
const STEPS = 12;
/** Packages that take seconds to load are used when they are named here, such as CONVSCOPE_WRITERS=torch,tensorflow. */
const PACKAGES = ['tensorboardX', ...(process.env['CONVSCOPE_WRITERS']?.split(',') ?? [])];
const WAIT = { timeout: 20_000, interval: 5 };

interface Flushed {
  readonly step: number;
  /** As Python prints them. */
  readonly values: Readonly<Record<string, string>>;
}

interface Expected {
  readonly runs: {
    readonly '.': {
      readonly files: readonly { readonly name: string }[];
      readonly tags: Readonly<
        Record<
          string,
          {
            readonly plugin: string;
            readonly events: readonly { readonly step: number; readonly value: number | string }[];
          }
        >
      >;
    };
  };
}

async function followed(): Promise<{ readonly folder: string; readonly logdir: FollowedLogdir }> {
  const folder = await temporaryFolder();
  const storage = await openLocalLogdir(folder);
  const logdir = createLogdir({ storage, log: () => undefined, lookEveryMs: 30, stateEveryMs: 10 });
  onTestFinished(() => logdir.close());
  await logdir.start();
  return { folder, logdir };
}

/** The rows of a scalar: step and value. */
function pointsOf(logdir: FollowedLogdir, run: string, tag: string): [step: number, value: number][] {
  const column = logdir.runs.get(run)?.index.scalars(tag);
  if (column === undefined) return [];
  const { steps, values } = column.read(0, column.rows);
  return Array.from(steps, (step, row) => [step, values[row]!]);
}

function asFloat32(python: string): number {
  return Math.fround(Number(python.replace('inf', 'Infinity').replace('nan', 'NaN')));
}

describe('a log that another program writes', () => {
  it.for(PACKAGES)(
    'through %s is there step by step, as it is flushed',
    { timeout: 120_000 },
    async (name, { skip }) => {
      // The writers of torch and TensorFlow are those of TensorBoard.
      const needed = name === 'tensorboardX' ? [name] : [name, 'tensorboard'];
      const missing = needed.find((one) => pythonWith(one) === undefined);
      const python = pythonWith(name);
      if (missing !== undefined || python === undefined)
        return skip(`No Python here has ${missing}. CONVSCOPE_PYTHON names one that has.`);
      const { folder, logdir } = await followed();
      const child = spawn(python, [WRITER, name, join(folder, 'run'), String(STEPS)], {
        stdio: 'pipe',
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      let complaints = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaints += text;
      });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      const logged: Flushed[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        const flushed: Flushed = JSON.parse(line);
        logged.push(flushed);
        for (const tag of Object.keys(flushed.values)) {
          const expected = logged.map(({ step, values }) => [step, asFloat32(values[tag]!)]);
          await vi.waitFor(() => expect(pointsOf(logdir, 'run', tag)).toEqual(expected), WAIT);
        }
        // It writes nothing more until this line comes, so that the hub has not seen the step with a later one.
        child.stdin.write('\n');
      }
      expect(await ended, complaints).toBe(0);
      expect(logged).toHaveLength(STEPS);
      expect(logdir.runs.get('run')?.summary().gaps).toBe(0);
    },
  );

  it('is there record by record when a file of tensorboardX grows', async () => {
    const { files, tags } = oracleJson<Expected>('tensorboardx/expected.json').runs['.'];
    const name = files[0]!.name;
    const bytes = oracleBytes(`tensorboardx/${name}`);
    const { folder, logdir } = await followed();
    await mkdir(join(folder, 'run'));
    const file = join(folder, 'run', name);
    const logged: Record<string, [step: number, value: number][]> = {};
    for (let at = 0; at < bytes.length; ) {
      const frame = bytes.subarray(at, at + bytes.readUInt32LE(at) + FRAME_OVERHEAD_BYTES);
      at += frame.length;
      // A flush may end anywhere.
      await appendFile(file, frame.subarray(0, frame.length >> 1));
      await appendFile(file, frame.subarray(frame.length >> 1));
      const { step, values } = decodeEvent(eventOf(frame));
      for (const { tag, scalar } of values) {
        if (scalar === undefined) continue;
        logged[tag] = [...(logged[tag] ?? []), [Number(step), scalar]];
        await vi.waitFor(() => expect(pointsOf(logdir, 'run', tag), tag).toEqual(logged[tag]), WAIT);
      }
    }
    const scalars = Object.entries(tags).filter(([, { plugin }]) => plugin === 'scalars');
    expect(scalars.length).toBeGreaterThan(0);
    for (const [tag, { events }] of scalars)
      expect(pointsOf(logdir, 'run', tag), tag).toEqual(
        events.map(({ step, value }) => [step, Number(value)]),
      );
    expect(logdir.runs.get('run')?.summary().gaps).toBe(0);
  });
});
