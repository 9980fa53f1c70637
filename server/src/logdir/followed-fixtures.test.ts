import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { bytesField, doubleField, numberField, textField } from '@convscope/shared/testing/fuzz/events.js';
import { joined } from '@convscope/shared/testing/fuzz/mutate.js';
import { expect, it } from 'vitest';
import { ORACLES, oracleJson } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { followFolder } from './testing/follow-folder.js';

interface Expected {
  readonly runs: Record<
    string,
    { readonly tags: Record<string, { readonly plugin: string; readonly events: readonly ExpectedEvent[] }> }
  >;
}

interface ExpectedEvent {
  readonly step: number;
  readonly wall_time: number;
  /** The text of a number that JSON lacks. */
  readonly value?: number | string;
}

const fixtures = readdirSync(ORACLES).filter((name) => name !== 'damaged' && name !== 'torch-tensors');

it.each(fixtures)('the index of %s holds every value that TensorBoard reads', async (fixture) => {
  const logdir = await followFolder(fileURLToPath(new URL(fixture, ORACLES)));
  const { runs } = oracleJson<Expected>(`${fixture}/expected.json`);
  expect([...logdir.runs.keys()].sort()).toEqual(Object.keys(runs).sort());
  for (const [name, { tags }] of Object.entries(runs)) {
    const run = logdir.runs.get(name)!;
    for (const [tag, { plugin, events }] of Object.entries(tags)) {
      if (plugin !== 'scalars') {
        const columns = [...run.columns()].filter((column) => column.tag === tag);
        expect(columns.map(({ rows }) => rows)).toEqual([events.length]);
        continue;
      }
      const column = run.scalars(tag)!;
      const { steps, wallTimes, values } = column.read(0, column.rows);
      expect([...steps]).toEqual(events.map(({ step }) => step));
      expect([...wallTimes]).toEqual(events.map(({ wall_time }) => wall_time));
      expect([...values]).toEqual(events.map(({ value }) => Number(value)));
    }
  }
});

it('a float64 scalar keeps its value, whether it comes with its metadata or after an event that states it', async () => {
  const scalar = (step: number, value: number, ...metadata: readonly Uint8Array[]) => {
    const content = new Uint8Array(Float64Array.of(value).buffer);
    const tensor = bytesField(8, numberField(1, 2), bytesField(2), bytesField(4, content));
    const summary = bytesField(5, bytesField(1, textField(1, 'loss'), tensor, ...metadata));
    return encodeFrame(joined(doubleField(1, 1.7e9), numberField(2, step), summary));
  };
  const metadata = bytesField(9, bytesField(1, textField(1, 'scalars')));
  const root = await temporaryFolder();
  const file = joined(scalar(1, 0.5, metadata), scalar(2, 1e60, metadata), scalar(3, 0.1));
  await writeFile(join(root, 'events.out.tfevents.1'), file);
  const column = (await followFolder(root)).runs.get('.')!.scalars('loss')!;
  expect([...column.read(0, 3).values]).toEqual([0.5, 1e60, 0.1]);
  expect(column.wide).toBe(true);
});
