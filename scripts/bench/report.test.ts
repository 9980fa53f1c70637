import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { benchRow, benchTable, report } from './report.js';

const folder = mkdtempSync(join(tmpdir(), 'convscope-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a row holds medians with their range, and the ratio of the medians unless another is given', () => {
  expect(benchRow({ name: 'a', unit: 'ms', ours: [3, 1, 2], peer: [4, 4, 1], wanted: 1 })).toEqual({
    name: 'a',
    unit: 'ms',
    ours: { median: 2, min: 1, max: 3 },
    peer: { median: 4, min: 1, max: 4 },
    ratio: 0.5,
    wanted: 1,
  });
  expect(benchRow({ name: 'a', unit: 'ms', ours: [3] })).toMatchObject({
    peer: null,
    ratio: null,
    wanted: null,
  });
  expect(benchRow({ name: 'a', unit: 'ms', ours: [3], peer: [2], ratio: 1.4 }).ratio).toBe(1.4);
  expect(() => benchRow({ name: 'a', unit: 'ms', ours: [] })).toThrow('Nothing was measured.');
});

test('the table leaves out columns that no row uses', () => {
  const rows = [
    benchRow({ name: 'one', unit: 'ms', ours: [1.234, 0.5, 20] }),
    benchRow({ name: 'another', unit: 'images/s', ours: [1533] }),
  ];
  expect(benchTable(rows)).toBe(
    ['         unit      ours', 'one      ms        1.23  0.500–20', 'another  images/s  1533'].join('\n'),
  );
});

test('the JSON names the bench, the Node and the machine', () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const file = join(folder, 'result.json');
  const rows = [benchRow({ name: 'a', unit: 'ms', ours: [3, 1, 2] })];
  report('latency', rows, file);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    bench: 'latency',
    node: process.version,
    machine: expect.stringContaining(process.arch),
    rows,
  });
});
