/** What the lines say of each record, as JSON, CSV and a table. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { channelStatistics } from '@convscope/shared/channels/statistics.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { describe, expect, it } from 'vitest';
import { type DumpOptions, dumpRun } from './dump-run.js';
import { createLineWriter } from './line-writer.js';
import { dump, fixtures, folder, log, useFolder } from './testing/dump.js';

useFolder();

describe("convscope's logs", () => {
  const at = { step: 40, wallTime: 1700000000.25 };
  const maps = new Float32Array(2 * 3 * 4 * 4).map((_, index) => (index === 7 ? NaN : Math.sin(index)));
  const shape = { pictures: 2, height: 4, width: 4, channels: 3 };
  const record = encodeChannels(
    {
      ...{
        tag: 'conv1/preactivation',
        ...at,
        layer: 'conv1',
        role: 'preactivation' as const,
        probes: [0, 1],
      },
      ...{ values: maps, shape, layout: 'NCHW' as const },
      statistics: channelStatistics(maps, shape, 'NCHW', 'preactivation'),
    },
    (bytes) => deflateSync(bytes),
  );

  it('show maps with their geometry and the limits and statistics of every channel', async () => {
    const [line] = await dump(await log('channels', [record]));
    expect(line).toMatchObject({
      ...{ run: '.', tag: 'conv1/preactivation', kind: 'channels', step: 40, wallTime: 1700000000.25 },
      ...{
        layer: 'conv1',
        role: 'preactivation',
        height: 4,
        width: 4,
        channels: 3,
        probes: [0, 1],
        count: 2,
      },
      sha256: record.atlases.map((atlas) => createHash('sha256').update(atlas).digest('hex')),
      lo: [...record.lo],
      hi: [...record.hi],
      nonFinite: [{ start: 7, length: 1, value: 'NaN' }],
    });
    expect((line!.statistics as { nonFinite: number[] }).nonFinite).toEqual([1, 0, 0]);
  });

  it('represent exactly what JSON numbers cannot', async () => {
    const lines = await dump(
      await log('extremes', [
        { kind: 'scalar', tag: 'a', step: 2n ** 60n + 1n, wallTime: 1, value: Number.NaN },
        {
          kind: 'scalar',
          tag: 'a',
          step: 1,
          wallTime: Number.POSITIVE_INFINITY,
          value: Number.NEGATIVE_INFINITY,
        },
        createTensorRecord({
          tag: 't',
          ...at,
          dtype: 'float32',
          shape: [2],
          values: Float32Array.from([0.5, Infinity]),
        }),
      ]),
      true,
    );
    expect(lines).toMatchObject([
      { step: '1152921504606846977', value: 'NaN' },
      { step: 1, wallTime: 'Infinity', value: '-Infinity' },
      { values: [0.5, 'Infinity'] },
    ]);
  });

  it('are found below the folder, in name order', async () => {
    const scalar = (value: number): RunRecord => ({ kind: 'scalar', tag: 'x', step: 0, wallTime: 1, value });
    await log('many/b', [scalar(2)]);
    await log('many/a/deep', [scalar(1)]);
    const counts = await dumpRun(join(folder, 'many'), { format: 'json', values: false }, () => {});
    expect(counts).toEqual({ runs: 2, records: 2, gaps: 0, unread: 0 });
    expect((await dump(join(folder, 'many'))).map((line) => [line.run, line.value])).toEqual([
      ['a/deep', 1],
      ['b', 2],
    ]);
  });

  it('are printed as a table with control characters escaped', async () => {
    const directory = await log('table', [
      { kind: 'scalar', tag: 'loss\u001b[2J', ...at, value: 0.5 },
      record,
    ]);
    const lines: string[] = [];
    await dumpRun(directory, { format: 'table', values: false }, (line) => void lines.push(line));
    const text = lines.join('\n');
    expect(text).toContain('loss\\x1b[2J');
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(
      /40 {2}channels {3}conv1\/preactivation +preactivation, 3 channels of 4×4 for 2 pictures/,
    );
  });

  it('are printed as JSON with escapes for what a terminal obeys', async () => {
    const tag = 'loss\u001b[2J\u009b1m\u202e\u2028\n';
    const directory = await log('odd', [{ kind: 'scalar', tag, ...at, value: 0.5 }]);
    const lines: string[] = [];
    await dumpRun(directory, { format: 'json', values: false }, (line) => void lines.push(line));
    expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(JSON.parse(lines[0]!)).toMatchObject({ tag });
  });

  it('end without an error if the reader of the lines goes away', async () => {
    const directory = await log(
      'long',
      Array.from(
        { length: 50_000 },
        (_, step): RunRecord => ({ kind: 'scalar', tag: 'x', step, wallTime: 1, value: 1 }),
      ),
    );
    let taken = 0;
    const pipe = new Writable({
      highWaterMark: 10,
      write(_chunk, _encoding, done) {
        taken++;
        setImmediate(() =>
          done(taken === 3 ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : null),
        );
      },
    });
    const counts = await dumpRun(directory, { format: 'json', values: false }, createLineWriter(pipe));
    expect(taken).toBe(3);
    expect(counts.records).toBeLessThan(50_000);
  });
});

describe('what is printed', () => {
  const at = { step: 0, wallTime: 1 };
  const records: RunRecord[] = [
    { kind: 'scalar', tag: 'train/loss', step: 1, wallTime: 1, value: 0.1 },
    { kind: 'scalar', tag: 'train/loss', step: 2, wallTime: 2, value: Number.NaN },
    { kind: 'scalar', tag: 'test, "hard"', step: 2, wallTime: 2.5, value: -Infinity },
    { kind: 'text', tag: 'train/note', step: 3, wallTime: 3, shape: [], strings: ['a,b'] },
  ];

  async function lines(directory: string, options: Partial<DumpOptions>): Promise<string[]> {
    const all: string[] = [];
    await dumpRun(directory, { format: 'json', values: false, ...options }, (line) => {
      all.push(line);
    });
    return all;
  }

  it('is what the filter says', async () => {
    const directory = await log('filtered', records);
    const found = async (filter: Partial<DumpOptions>) =>
      (await lines(directory, filter)).map((line) => JSON.parse(line).step);
    expect(await found({ tags: ['train/*'] })).toEqual([1, 2, 3]);
    expect(await found({ tags: ['train/*'], kinds: ['scalar'] })).toEqual([1, 2]);
    expect(await found({ from: 2, to: 2 })).toEqual([2, 2]);
    expect(await found({ tags: ['none'] })).toEqual([]);
  });

  it('includes damage unless the kinds leave it out', async () => {
    const damaged = join(fixtures, 'damaged/flip-two');
    const gaps = async (filter: Partial<DumpOptions>) =>
      (await lines(damaged, filter)).filter((line) => JSON.parse(line).kind === 'gap').length;
    expect([
      await gaps({ tags: ['none'] }),
      await gaps({ kinds: ['gap'] }),
      await gaps({ kinds: ['text'] }),
    ]).toEqual([2, 2, 0]);
  });

  it('is CSV on request, with every digit', async () => {
    const directory = await log('csv', records);
    expect(await lines(directory, { format: 'csv' })).toEqual([
      'run,tag,kind,step,wall_time,replaced,value',
      '.,train/loss,scalar,1,1,,0.10000000149011612',
      '.,train/loss,scalar,2,2,,NaN',
      '.,"test, ""hard""",scalar,2,2.5,,-inf',
      '.,train/note,text,3,3,,"a,b"',
    ]);
  });

  it('includes the numbers of feature maps on request, with how far they may be off', async () => {
    const shape = { pictures: 2, height: 3, width: 2, channels: 2 };
    const maps = new Float32Array(24).map((_, place) => Math.sin(place) * 10);
    maps[5] = Number.NaN;
    const record = encodeChannels(
      {
        ...{ tag: 'conv1/preactivation', ...at, layer: 'conv1', role: 'preactivation', probes: [0, 1] },
        ...{ values: maps, shape, layout: 'NCHW' },
      },
      (bytes) => deflateSync(bytes),
    );
    const [line] = (await lines(await log('numbers', [record]), { values: true })).map((one) =>
      JSON.parse(one),
    );
    expect(line.shape).toEqual([2, 2, 3, 2]);
    expect(line.values[5]).toBe('NaN');
    for (const [place, logged] of maps.entries()) {
      if (place === 5) continue;
      const bound: number = line.bound[Math.floor(place / 6) % 2];
      expect(bound).toBeGreaterThan(0);
      expect(Math.abs(line.values[place] - logged)).toBeLessThanOrEqual(bound * (1 + 1e-5));
    }
    const [without] = (await lines(join(folder, 'numbers'), {})).map((one) => JSON.parse(one));
    expect(without).not.toHaveProperty('values');
  });
});
