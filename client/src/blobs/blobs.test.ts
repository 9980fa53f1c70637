import { expect, test, vi } from 'vitest';
import { decoder, FakeHub, summary } from '../pages/run/state/testing/fake-hub.js';
import { Runs } from '../runs/runs.js';
import { Blobs, refAtStep, refOf } from './blobs.js';

const WEIGHT = { run: 'a', tag: 'conv1/weight', kind: 'tensor' } as const;

function setUp() {
  const hub = new FakeHub();
  const runs = new Runs(hub.source());
  return { hub, runs, blobs: new Blobs({ runs, decoder }) };
}

test('the tags of a held run are known, without its scalars', async () => {
  const { hub, blobs } = setUp();
  expect(blobs.tags('a')).toBe(undefined);
  blobs.hold('images', ['a']);
  await vi.waitFor(() => expect(blobs.tags('a')).toHaveLength(4));
  expect(blobs.tags('a')).toContainEqual({ tag: 'conv1/weight', kind: 'tensor', rows: 3 });
  expect(blobs.tags('a')).toBe(blobs.tags('a'));
  expect(hub.watches.at(-1)).toMatchObject({ runs: ['a'], mapsOf: null, tags: [] });
  blobs.hold('images', []);
  expect(blobs.tags('a')).toBe(undefined);
});

test('an opened index comes, and grows with the log', async () => {
  const { hub, blobs } = setUp();
  blobs.hold('images', ['a']);
  const close = blobs.open(WEIGHT);
  await vi.waitFor(() => expect(blobs.rows(WEIGHT)?.isComplete).toBe(true));
  const before = blobs.rows(WEIGHT)!;
  expect(before.column.steps).toEqual([0, 8, 16]);
  expect(blobs.rows(WEIGHT)).toBe(before);
  hub.capture(24);
  await vi.waitFor(() => expect(blobs.rows(WEIGHT)?.count).toBe(4));
  expect(refAtStep(blobs.rows(WEIGHT)!, 20)?.at.step).toBe(16);
  expect(refAtStep(blobs.rows(WEIGHT)!, -5)?.at.step).toBe(0);
  close();
});

test('a tag that is opened before it is logged comes when it is', async () => {
  const { hub, blobs } = setUp();
  blobs.hold('images', ['a']);
  const later = { ...WEIGHT, tag: 'later' };
  blobs.open(later);
  await vi.waitFor(() => expect(blobs.tags('a')).toHaveLength(4));
  expect(blobs.rows(later)).toBe(undefined);
  hub.steps['later'] = [32];
  const rows = { run: 'a', generation: 1, tag: 'later', kind: 'tensor', start: 0 };
  hub.tell((listener) => listener.rows?.({ ...rows, bytes: hub.rowsOf('later', 0) }));
  await vi.waitFor(() => expect(blobs.rows(later)?.column.steps).toEqual([32]));
});

test('replaced files make the index void, and the new one comes', async () => {
  const { hub, blobs } = setUp();
  blobs.hold('images', ['a']);
  blobs.open(WEIGHT);
  await vi.waitFor(() => expect(blobs.rows(WEIGHT)?.count).toBe(3));
  hub.steps['conv1/weight'] = [100];
  hub.list = { ...hub.list, runs: [summary('a', { generation: 2 })] };
  hub.tell((listener) => listener.runs?.(hub.list));
  await vi.waitFor(() => expect(blobs.rows(WEIGHT)?.column.steps).toEqual([100]));
  expect(blobs.rows(WEIGHT)?.generation).toBe(2);
});

test('an event is fetched and decoded when it is wished for, the newest wish first', async () => {
  const { hub, blobs } = setUp();
  blobs.hold('images', ['a']);
  blobs.open(WEIGHT);
  await vi.waitFor(() => expect(blobs.rows(WEIGHT)?.isComplete).toBe(true));
  const refs = [0, 1, 2].map((row) => refOf(blobs.rows(WEIGHT)!, row)!);
  blobs.wish({}, [refs[0]!]);
  blobs.wish({}, [refs[2]!, refs[1]!]);
  await vi.waitFor(() => expect(refs.every((ref) => blobs.event(ref) !== undefined)).toBe(true));
  expect(hub.fetched).toEqual([1002, 1001, 1000]);
  const loaded = blobs.event(refs[2]!);
  expect(loaded !== undefined && 'decoded' in loaded && loaded.decoded.kind).toBe('tensor');
});

test('an event that cannot be had is a sentence', async () => {
  const { runs, blobs } = setUp();
  blobs.hold('images', ['a']);
  blobs.open(WEIGHT);
  await vi.waitFor(() => expect(blobs.rows(WEIGHT)?.isComplete).toBe(true));
  const ref = refOf(blobs.rows(WEIGHT)!, 0)!;
  runs.source.events = () => {
    throw new Error('There is no event here.');
  };
  blobs.wish({}, [ref]);
  await vi.waitFor(() => expect(blobs.event(ref)).toEqual({ error: 'There is no event here.' }));
});
