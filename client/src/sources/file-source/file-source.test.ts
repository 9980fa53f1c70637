import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { joined } from '@convscope/shared/joined.js';
import { BLOB_ROW_BYTES, readBlobRow } from '@convscope/shared/protocol/rows.js';
import { afterEach, expect, test, vi } from 'vitest';
import type { LiveScalars, Source } from '../source.js';
import { createFileSource, NO_ACTIONS } from './file-source.js';
import type { OpenedFile } from './log-service.js';

const { signal } = new AbortController();
const sources: Source[] = [];
afterEach(() => {
  for (const source of sources.splice(0)) source.close();
});

function losses(values: readonly number[]): Uint8Array {
  return joined(
    values.map((value, step) =>
      encodeFrame(
        encodeEvent({ kind: 'scalar', tag: 'loss', step: BigInt(step), wallTime: 1e9 + step, value }),
      ),
    ),
  );
}

const NOTE = encodeFrame(
  encodeEvent({ kind: 'text', tag: 'note', step: 2n, wallTime: 1e9, strings: ['hello'], shape: [] }),
);

function fileOf(path: string, ...parts: Uint8Array[]): OpenedFile {
  return { path, content: new Blob([joined(parts)]) };
}

async function opened(files: readonly OpenedFile[]): Promise<Source> {
  const source = createFileSource({ name: 'my-logs', files });
  sources.push(source);
  // The code that reads is loaded first.
  await vi.waitFor(() => expect(source.list?.runs.every(({ readToEnd }) => readToEnd)).toBe(true), {
    timeout: 10_000,
  });
  return source;
}

test('a file that the page holds is read from its bytes', async () => {
  const source = await opened([{ path: 'a/events.out.tfevents.1', content: joined([losses([3, 2])]) }]);
  expect(source.list?.runs.map(({ run, lastStep }) => [run, lastStep])).toEqual([['a', 1]]);
});

test('the runs of files are listed with what is known of them, and read to their ends', async () => {
  const source = await opened([
    fileOf('a/events.out.tfevents.1', losses([3, 2])),
    fileOf('b/events.out.tfevents.1', losses([1])),
  ]);
  expect(source).toMatchObject({ origin: 'file', address: 'my-logs', connection: { status: 'connected' } });
  expect(source.list?.runs.map(({ run, lastStep }) => [run, lastStep])).toEqual([
    ['a', 1],
    ['b', 0],
  ]);
});

test('series, values, summaries and text say what the files hold', async () => {
  const source = await opened([fileOf('a/events.out.tfevents.1', losses([3, 2, 0.25]))]);
  const wanted = { runs: ['a'], tags: ['loss'], x: 'step' as const };
  const { series } = await source.series(
    { ...wanted, width: 100, points: 50, outline: false, replaced: false },
    signal,
  );
  expect(series).toMatchObject([{ kind: 'points', rows: 3, values: Float32Array.of(3, 2, 0.25) }]);
  const { values } = await source.values({ ...wanted, at: 1, find: 'before', median: true }, signal);
  expect(values).toMatchObject([{ step: 1, value: 2, median: 2 }]);
  const { summaries } = await source.summaries({ runs: ['a'], tags: ['loss'] }, signal);
  expect(summaries).toMatchObject([{ points: 3, min: { value: 0.25 }, max: { value: 3 } }]);
  const csv = await (await source.numbers(wanted, 'csv', signal)).text();
  expect(csv.trim().split('\r\n').at(-1)).toBe('a,loss,0,2,1000000002,0.25');
});

test('a subscription is told how many rows there are', async () => {
  const source = await opened([fileOf('a/events.out.tfevents.1', losses([3, 2]))]);
  const heard: LiveScalars[] = [];
  source.listen({ scalars: (rows) => heard.push(rows) });
  source.subscribe({ runs: ['none', 'a'], tags: ['loss', 'missing'], width: 10 });
  await vi.waitFor(() => expect(heard).toMatchObject([{ run: 'a', tag: 'loss', start: 2 }]));
});

test('the event of a row of the index is given, and one beside it is refused', async () => {
  const source = await opened([fileOf('a/events.out.tfevents.1', losses([3]), NOTE)]);
  const { generation } = source.list?.runs[0] ?? { generation: 0 };
  const bytes = await source.indexRows({ run: 'a', generation, tag: 'note', kind: 'text' }, 0, signal);
  expect(bytes).toHaveLength(BLOB_ROW_BYTES);
  const row = readBlobRow(new DataView(bytes.buffer, bytes.byteOffset), 0);
  const event = await source.event('a', generation, row, signal);
  expect(new TextDecoder().decode(event)).toContain('hello');
  await expect(source.event('a', generation, { ...row, offset: 0 }, signal)).rejects.toThrow('No event');
});

test('what files cannot do is said', async () => {
  const source = await opened([fileOf('readme.txt', Uint8Array.of(1))]);
  expect(source.list?.notices).toEqual([expect.stringContaining('There is no event file here.')]);
  await expect(source.act({ action: 'delete', runs: ['a'] }, signal)).rejects.toThrow(NO_ACTIONS);
  await expect(source.detail('a', signal)).rejects.toThrow('There is no such run in my-logs.');
});
