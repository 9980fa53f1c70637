import type { Beside } from '@convscope/shared/protocol/files-beside.js';
import { expect, it } from 'vitest';
import { besideRows } from './beside-rows.js';

function features(step: number, points: number): Beside {
  const path = `${String(step).padStart(5, '0')}/features/tensors.tsv`;
  return { kind: 'embedding', name: 'features', step, points, dimensions: 16, files: [{ path, bytes: 10 }] };
}

it('a tensor of several steps is one row, with the files of the newest step first', () => {
  const beside = [features(200, 100), features(0, 1000), features(100, 100)];
  expect(besideRows({ run: 'a', beside })).toEqual([
    {
      ...{ run: 'a', kind: 'embedding', name: 'features', bytes: 30, problems: [] },
      ...{ count: '3 tensors, the newest 100 points × 16', when: '0 to 200' },
      newest: [{ path: '00200/features/tensors.tsv', bytes: 10 }],
      earlier: [
        { path: '00100/features/tensors.tsv', bytes: 10 },
        { path: '00000/features/tensors.tsv', bytes: 10 },
      ],
    },
  ]);
});

it('files that several steps share are listed and counted once', () => {
  const shared = { path: 'metadata.tsv', bytes: 5 };
  const beside = [features(0, 1), features(1, 1)].map((one) => ({ ...one, files: [...one.files, shared] }));
  const [row] = besideRows({ run: 'a', beside });
  expect(row?.newest.map(({ path }) => path)).toEqual(['00001/features/tensors.tsv', 'metadata.tsv']);
  expect(row?.earlier.map(({ path }) => path)).toEqual(['00000/features/tensors.tsv']);
  expect(row?.bytes).toBe(25);
});

it('a profile says the time that its folder is named by, and a tensor without step and points neither', () => {
  const files = [{ path: 'x', bytes: 1 }];
  const rows = besideRows({
    run: 'a',
    beside: [
      { kind: 'profile', name: '2026_01_31_23_59_08', files },
      { kind: 'profile', name: 'first', files: [...files, { path: 'y', bytes: 1 }] },
      { kind: 'embedding', name: 'variable', files: [], problems: ['Its values lie in a checkpoint.'] },
    ],
  });
  expect(rows.map(({ count, when }) => [count, when])).toEqual([
    ['1 file', '2026-01-31 23:59:08'],
    ['2 files', '–'],
    ['1 tensor', '–'],
  ]);
  expect(rows[2]?.problems).toEqual(['Its values lie in a checkpoint.']);
});

it('traces of a process say the times that they are named by, in nanoseconds or milliseconds', () => {
  const traces = (name: string, ...paths: string[]) => ({
    ...{ kind: 'trace' as const, name },
    files: paths.map((path) => ({ path, bytes: 1 })),
  });
  const rows = besideRows({
    run: 'a',
    beside: [
      traces('h_1', 'h_1.1706000000123456789.pt.trace.json', 'h_1.1706086400000000000.pt.trace.json.gz'),
      traces('h_2', 'h_2.1706000000123.pt.trace.json'),
      traces('mine', 'mine.pt.trace.json'),
    ],
  });
  const local = (milliseconds: number) => {
    const date = new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000);
    return date.toISOString().slice(0, 19).replace('T', ' ');
  };
  expect(rows.map(({ count, when }) => [count, when])).toEqual([
    ['2 files', `${local(1_706_000_000_123)} to ${local(1_706_086_400_000)}`],
    ['1 file', local(1_706_000_000_123)],
    ['1 file', '–'],
  ]);
});
