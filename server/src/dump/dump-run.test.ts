import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { describe, expect, it } from 'vitest';
import { SEARCH_LIMITS } from '../logdir/find-runs.js';
import { type DumpOptions, dumpRun } from './dump-run.js';
import { dump, dumpAndListen, FILE, fixtures, folder, type Line, log, useFolder } from './testing/dump.js';

useFolder();

describe("other writers' logs", () => {
  it('are printed value by value as TensorBoard reads them', async () => {
    for (const fixture of [
      'torch-scalars',
      'tf2-summary',
      'keras',
      'torch-images',
      'torch-text',
      'torch-add-scalars',
    ]) {
      const { runs } = JSON.parse(await readFile(join(fixtures, fixture, 'expected.json'), 'utf8'));
      const lines = await dump(join(fixtures, fixture));
      expect([...new Set(lines.map((line) => line.run))].sort()).toEqual(Object.keys(runs).sort());
      let compared = 0;
      for (const [run, { tags }] of Object.entries<{
        tags: Record<string, { events: Record<string, unknown>[] }>;
      }>(runs)) {
        for (const [tag, { events }] of Object.entries(tags)) {
          const mine = lines.filter((line) => line.run === run && line.tag === tag);
          expect(mine.map((line) => [line.step, line.wallTime])).toEqual(
            events.map((event) => [event.step, event.wall_time]),
          );
          for (const [index, event] of events.entries()) {
            const line = mine[index]!;
            if ('value' in event) expect(line.value).toEqual(event.value);
            if ('buckets' in event) expect(line.buckets).toEqual(event.buckets);
            if ('strings' in event) expect(line.strings).toEqual(event.strings);
            if ('images' in event) {
              const images = event.images as { sha256: string }[];
              expect(line).toMatchObject({ width: event.width, height: event.height, count: images.length });
              expect(line.sha256).toEqual(images.map((image) => image.sha256));
            }
            compared++;
          }
        }
      }
      expect(compared).toBe(lines.length);
    }
  });

  it('of which nothing is asked for are said to hold nothing that was', async () => {
    const directory = join(fixtures, 'torch-scalars');
    const said: string[] = [];
    const options: DumpOptions = { format: 'table', values: false, log: (sentence) => said.push(sentence) };
    await dumpRun(directory, { ...options, tags: ['no such tag'] }, () => undefined);
    expect(said).toEqual([`No record of ${directory} has a tag, kind and step that were asked for.`]);
    await dumpRun(directory, { ...options, kinds: ['scalar'] }, () => undefined);
    expect(said).toHaveLength(1);
  });

  it('include the numbers of tensors on request', async () => {
    const { tags } = JSON.parse(await readFile(join(fixtures, 'torch-tensors/expected.json'), 'utf8'));
    const directory = join(fixtures, 'torch-tensors');
    const sick = (lines: Line[]) => lines.find((line) => line.tag === 'activations/sick')!;
    expect(sick(await dump(directory))).not.toHaveProperty('values');
    const line = sick(await dump(directory, true));
    const [{ shape, values }] = tags['activations/sick'];
    expect(line).toMatchObject({ kind: 'tensor', dtype: 'float32', shape, values });
    expect(values).toContain('NaN');
  });
});

describe('records that later ones replaced', () => {
  const loss = (step: number, value: number): RunRecord => ({
    kind: 'scalar',
    tag: 'loss',
    step,
    wallTime: 1_700_000_000 + step,
    value,
  });

  it('are printed where they lie, and marked', async () => {
    const directory = await log(
      'resumed',
      [0, 1, 2, 3, 4].map((step) => loss(step, 1)),
    );
    const again = [2, 3].map((step) => encodeEvent(loss(step, 2)));
    await writeFile(join(directory, `${FILE}.second`), Buffer.concat(again.map(encodeFrame)));
    expect((await dump(directory)).map(({ step, value, replaced }) => [step, value, replaced])).toEqual([
      [0, 1, undefined],
      [1, 1, undefined],
      [2, 1, true],
      [3, 1, true],
      [4, 1, true],
      [2, 2, undefined],
      [3, 2, undefined],
    ]);
    const lines: string[] = [];
    await dumpRun(directory, { format: 'table', values: false }, (line) => {
      lines.push(line);
    });
    expect(lines.filter((line) => line.endsWith('(replaced later)'))).toHaveLength(3);
  });

  it('include what a purge step voids', async () => {
    const lines = (await dump(join(fixtures, 'torch-purge-step'))).filter(({ replaced }) => replaced);
    expect([...new Set(lines.map(({ tag }) => tag))]).toEqual(['loss']);
    expect(lines.map(({ step, value }) => [step, value])).toEqual([
      [6, 4],
      [7, 3],
      [8, 2],
      [9, 1],
    ]);
  });
});

describe('a file that cannot be read', () => {
  it.skipIf(process.getuid?.() === 0)('is named, and the next one is printed', async () => {
    const directory = join(folder, 'closed');
    for (const run of ['a', 'b']) await log(`closed/${run}`, []);
    await chmod(join(directory, 'a', FILE), 0);
    const { said, counts } = await dumpAndListen(directory);
    expect(counts).toMatchObject({ runs: 2, unread: 1 });
    expect(said).toEqual([expect.stringMatching(/^a\/events.* cannot be read \(EACCES/)]);
  });

  it.skipIf(process.getuid?.() === 0)(
    'is named where it is a folder, and the other runs are printed',
    async () => {
      const directory = join(folder, 'closed-folder');
      for (const run of ['a/below', 'b']) await log(`closed-folder/${run}`, []);
      await chmod(join(directory, 'a'), 0);
      const { said, counts } = await dumpAndListen(directory);
      expect(counts).toMatchObject({ runs: 1, unread: 1 });
      expect(said).toEqual([expect.stringMatching(/^a cannot be read \(EACCES/)]);
    },
  );

  it('is named where it is compressed', async () => {
    const directory = join(folder, 'compressed');
    for (const run of ['a', 'b']) await log(`compressed/${run}`, []);
    await writeFile(join(directory, 'a', FILE), gzipSync(await readFile(join(directory, 'b', FILE))));
    const { said } = await dumpAndListen(directory);
    expect(said).toEqual([`a/${FILE} is compressed (gzip); unpack it to see what it holds.`]);
  });

  it('is named where the whole folder is more than is searched', async () => {
    const deep = Array.from({ length: SEARCH_LIMITS.depth + 2 }, () => 'd').join('/');
    await log(`deep/${deep}`, []);
    await log('deep/run', []);
    const { said } = await dumpAndListen(join(folder, 'deep'));
    expect(said).toEqual([expect.stringMatching(/levels below the logdir is not searched, such as d\/d/)]);
  });
});

describe('damage', () => {
  it('is printed as a gap with its place and reason', async () => {
    const directory = join(folder, 'damaged');
    await cp(join(fixtures, 'damaged/flip-two'), directory, { recursive: true });
    const gaps = (await dump(directory)).filter((line) => line.kind === 'gap');
    expect(gaps).toEqual([
      {
        run: '.',
        tag: '',
        kind: 'gap',
        step: 2,
        wallTime: 1700000002.5,
        file: FILE,
        offset: 205,
        length: 42,
        reason: expect.stringMatching(/^The record's checksum/),
      },
      {
        run: '.',
        tag: '',
        kind: 'gap',
        step: 6,
        wallTime: 1700000006.75,
        file: FILE,
        offset: 1165,
        length: 42,
        reason: expect.stringMatching(/^No record begins here/),
      },
    ]);
  });

  it('is also printed as a gap if a record is not an event', async () => {
    const lines = await dump(join(fixtures, 'damaged/not-an-event'));
    expect(lines.filter((line) => line.kind === 'gap')).toMatchObject([{ offset: 205, length: 46 }]);
    expect(lines.length).toBe(20);
  });
});

describe('a folder without event files', () => {
  it('is refused with a message', async () => {
    await mkdir(join(folder, 'empty'));
    const none: DumpOptions = { format: 'json', values: false };
    await expect(dumpRun(join(folder, 'empty'), none, () => {})).rejects.toThrow(/holds no event file/);
    await expect(dumpRun(join(folder, 'missing'), none, () => {})).rejects.toThrow(/missing cannot be read/);
  });
});
