import type { RunDetail, RunSummary } from '@convscope/shared/protocol/live.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test, vi } from 'vitest';
import type { ConnectionState, Source, SourceListener } from '../sources/source.js';
import { FakeScalars } from '../sources/testing/fake-scalars.js';
import { type Needs, Runs } from './runs.js';

const ROWS = 3;

/** A hub whose runs have the scalars loss, accuracy and perf/images_per_second. */
function setUp() {
  const listeners = new Set<SourceListener>();
  const details: string[] = [];
  const subscriptions: unknown[] = [];
  const scalars = new FakeScalars();
  const tags = ['loss', 'accuracy', 'perf/images_per_second'];
  for (const run of ['a', 'b'])
    for (const tag of tags)
      scalars.log(
        run,
        tag,
        Array.from({ length: ROWS }, (_, row) => [row * 10, 1 / (row + 1)] as const),
      );
  let readToEnd = true;
  const source: Source = {
    address: 'hub.test',
    connection: { status: 'connected', roundTrip: 1 },
    list: undefined,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch: () => undefined,
    detail: async (run): Promise<RunDetail> => {
      details.push(run);
      return {
        summary: summary(run, { readToEnd }),
        gaps: [],
        tags: tags.map((tag) => ({ tag, kind: 'scalar', rows: ROWS })),
      };
    },
    credit: () => undefined,
    ...scalars.source(),
    subscribe: (subscription) => subscriptions.push(subscription),
    indexRows: async () => new Uint8Array(),
    histories: async () => [],
    event: async () => new Uint8Array(),
    async *events() {},
    retry: () => undefined,
    close: () => undefined,
  };
  const tell = (call: (listener: SourceListener) => void) => {
    for (const listener of listeners) call(listener);
  };
  const setReadToEnd = (next: boolean) => {
    readToEnd = next;
  };
  return { runs: new Runs(source), details, scalars, subscriptions, tell, setReadToEnd };
}

function summary(run: string, change: Partial<RunSummary> = {}): RunSummary {
  return runSummary(run, { state: 'live', lastStep: 2, ...change });
}

function needs(whole: string | undefined, beside: readonly string[] = [], tags = ['loss']): Needs {
  return {
    whole,
    beside: new Set(beside),
    tags,
    weightOf: () => 0,
    weights: [0],
  };
}

test('of the whole run the readings are fetched too, of the others only what is drawn', async () => {
  const { runs, scalars, subscriptions } = setUp();
  runs.data.subscribe(() => runs.hold('page', needs('a', ['b'])));
  runs.hold('page', needs('a', ['b']));
  await vi.waitFor(() => expect(runs.data.get().get('b')?.scalar('loss')?.count).toBe(ROWS));
  await vi.waitFor(() => expect(runs.data.get().get('a')?.scalar('loss')?.count).toBe(ROWS));
  await vi.waitFor(() =>
    expect(runs.data.get().get('a')?.scalar('perf/images_per_second')?.count).toBe(ROWS),
  );
  const fetched = scalars.askedSeries.flatMap(({ runs: of = [], tags = [] }) =>
    of.flatMap((run) => tags.map((tag) => `${run}/${tag}`)),
  );
  expect(fetched.sort()).toEqual(['a/loss', 'a/perf/images_per_second', 'b/loss']);
  expect(subscriptions).toHaveLength(1);
  expect(subscriptions[0]).toMatchObject({
    runs: ['a', 'b'],
    tags: expect.arrayContaining(['loss', 'perf/images_per_second']),
  });
  expect(runs.data.get().get('a')?.isWhole).toBe(true);
  expect(runs.data.get().get('b')?.isWhole).toBe(false);
});

test('what one page needs is held while another page needs something else', () => {
  const { runs } = setUp();
  const held = () => [...runs.data.get().keys()];
  runs.hold('one', needs('a'));
  const before = runs.data.get().get('a');
  runs.hold('two', needs('b', ['a']));
  expect(held()).toEqual(['a', 'b']);
  expect(runs.data.get().get('a')).toBe(before);
  runs.hold('one', needs(undefined));
  expect(held()).toEqual(['b', 'a']);
  expect(runs.data.get().get('a')?.isWhole).toBe(false);
  runs.hold('two', needs('b'));
  expect(held()).toEqual(['b']);
});

test('the data is a new map after every change, so that a store can be compared', async () => {
  const { runs, scalars, tell } = setUp();
  runs.data.subscribe(() => runs.hold('page', needs('a')));
  runs.hold('page', needs('a'));
  await vi.waitFor(() => expect(runs.data.get().get('a')?.scalar('loss')?.count).toBe(ROWS));
  const before = runs.data.get();
  runs.hold('page', needs('a'));
  expect(runs.data.get()).toBe(before);
  const live = scalars.log('a', 'loss', [[ROWS * 10, 7]]);
  tell((listener) => listener.scalars?.(live));
  expect(runs.data.get()).not.toBe(before);
  expect(runs.data.get().get('a')?.scalar('loss')?.count).toBe(ROWS + 1);
});

test('details are loaded again after a reconnect, and when the files of a run were replaced', async () => {
  const { runs, details, tell } = setUp();
  runs.hold('page', needs('a'));
  await vi.waitFor(() => expect(runs.data.get().get('a')?.generation).toBe(1));
  const lost: ConnectionState = { status: 'lost', since: 0, retryAt: 1 };
  tell(({ connection }) => connection?.(lost));
  expect(details).toEqual(['a']);
  tell(({ connection }) => connection?.({ status: 'connected', roundTrip: undefined }));
  tell(({ connection }) => connection?.({ status: 'connected', roundTrip: 2 }));
  expect(details).toEqual(['a', 'a']);
  const replaced = { logdir: './runs', runs: [summary('a', { generation: 2 })] };
  tell(({ runs: told }) => told?.(replaced));
  await vi.waitFor(() => expect(details).toEqual(['a', 'a', 'a']));
  expect(runs.list.get()).toBe(replaced);
});

test('a gap that is told again takes the place of the one that is known', async () => {
  const { runs, tell } = setUp();
  runs.hold('page', needs('a'));
  await vi.waitFor(() => expect(runs.data.get().get('a')?.generation).toBe(1));
  const gapAt = (offset: number, beforeStep: number | null) => ({
    ...{ file: 'f', offset, length: 9, reason: 'damaged', afterStep: 1, beforeStep },
  });
  for (const gap of [gapAt(0, null), gapAt(50, 7), gapAt(0, 3)])
    tell((listener) => listener.gap?.('a', 1, gap));
  expect(runs.data.get().get('a')?.gaps).toEqual([gapAt(0, 3), gapAt(50, 7)]);
});

test('details are loaded again when the hub has read the log to its end, and complete only then', async () => {
  const { runs, details, tell, setReadToEnd } = setUp();
  setReadToEnd(false);
  runs.hold('page', needs('a'));
  await vi.waitFor(() => expect(runs.data.get().get('a')?.scalar('loss')?.count ?? 0).toBe(0));
  await vi.waitFor(() => expect(runs.data.get().get('a')?.generation).toBe(1));
  expect(runs.data.get().get('a')?.isComplete).toBe(false);
  const listed = (readToEnd: boolean) =>
    tell(({ runs: told }) => told?.({ logdir: './runs', runs: [summary('a', { readToEnd })] }));
  listed(false);
  expect(details).toEqual(['a']);
  setReadToEnd(true);
  listed(true);
  await vi.waitFor(() => expect(runs.data.get().get('a')?.isComplete).toBe(true));
  listed(true);
  expect(details).toEqual(['a', 'a']);
});
