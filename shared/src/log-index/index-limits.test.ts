import { expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from '../event-log/decode-event.js';
import { LIMITS } from '../protocol/limits.js';
import type { RunRecord } from '../run-record.js';
import { INDEX_LIMITS, IndexRoom } from './index-room.js';
import { RunIndex } from './run-index.js';

const scalar = (tag: string, step: number): RunRecord => ({
  kind: 'scalar',
  tag,
  step,
  wallTime: 1,
  value: step,
});
const text = (tag: string): RunRecord => ({
  kind: 'text',
  ...{ tag, step: 1, wallTime: 1, shape: [], strings: ['x'] },
});

function add(index: RunIndex, record: RunRecord, offset = 0, repeat = 1): void {
  const data = encodeEvent(record);
  const event = decodeEvent(data);
  const values = Array.from({ length: repeat }, () => event.values).flat();
  index.add({ ...event, values }, 0, offset, data.length, () => undefined);
}

it('tags beyond the limit of a run are counted, and those that are known grow', () => {
  const index = new RunIndex(1);
  const more = 5;
  const data = encodeEvent(scalar('t', 0));
  const event = decodeEvent(data);
  for (let i = 0; i < INDEX_LIMITS.columnsOfRun + more; i++) {
    const values = event.values.map((value) => ({ ...value, tag: `t${i}` }));
    index.add({ ...event, values }, 0, 0, data.length, () => undefined);
  }
  add(index, scalar('t0', 1));
  expect(index.tags()).toHaveLength(INDEX_LIMITS.columnsOfRun);
  expect(index.scalars('t0')?.rows).toBe(2);
  expect(index.notShown()).toEqual(['5 values are not shown: a run may have at most 100,000 tags.']);
});

it('no tag is read that is too long to be asked for', () => {
  const index = new RunIndex(1);
  expect(() => add(index, scalar('t'.repeat(LIMITS.tagLength + 1), 0))).toThrow('a tag of 4097 bytes');
  add(index, scalar('t'.repeat(LIMITS.tagLength), 0));
  expect(index.tags()).toHaveLength(1);
});

it('an event adds few rows with one tag, since a value takes fewer bytes in the log than a row', () => {
  const index = new RunIndex(1);
  add(index, text('notes'), 0, 1000);
  add(index, text('notes'), 500, 2);
  expect(index.blobs('notes', 'text')?.rows).toBe(6);
  expect(index.notShown()).toEqual([
    '996 values are not shown: an event may hold at most 4 records with the same tag.',
  ]);
});

it('gaps are listed up to a limit for a run and one for all, and counted beyond', () => {
  const room = new IndexRoom();
  const gap = { file: 'f', length: 1, reason: 'Noise.', afterStep: null, beforeStep: null };
  const runs = INDEX_LIMITS.gaps / INDEX_LIMITS.gapsOfRun + 1;
  const indexes = Array.from({ length: runs }, () => new RunIndex(1, room));
  for (const index of indexes) {
    for (let i = 0; i < INDEX_LIMITS.gapsOfRun + 10; i++) index.addGap({ ...gap, offset: i });
    expect(index.gapCount).toBe(INDEX_LIMITS.gapsOfRun + 10);
  }
  expect(indexes[0]!.gapSummaries()).toHaveLength(INDEX_LIMITS.gapsOfRun);
  expect(indexes.at(-1)!.gapSummaries()).toHaveLength(0);
  indexes[0]!.release();
  expect(indexes.at(-1)!.addGap({ ...gap, offset: 1 })).toBe(true);
});

it('what an index gives back is free for others', () => {
  const room = new IndexRoom();
  for (let round = 0; round < 3; round++) {
    const index = new RunIndex(1, room);
    for (let i = 0; i < 2000; i++) add(index, scalar(`t${i % 20}`, i), i);
    add(index, text('notes'), 5000);
    expect(room.columns).toBe(21);
    expect(room.rowBytes).toBeGreaterThan(2000 * 4);
    index.release();
    expect({ ...room }).toEqual({ columns: 0, tagText: 0, rowBytes: 0, gaps: 0 });
  }
});

it('rows end when all indexes have taken their memory', () => {
  const room = new IndexRoom();
  room.rowBytes = INDEX_LIMITS.rowBytes;
  const index = new RunIndex(1, room);
  add(index, scalar('x', 1));
  expect(index.scalars('x')?.rows).toBe(0);
  expect(index.notShown()).toEqual([
    '1 value is not shown: the runs of a logdir may take at most 1 GB of memory; use a subfolder as the logdir.',
  ]);
});
