/** What the run page does while the hub still reads logs. */
import { afterEach, expect, test } from 'vitest';
import { Runs } from '../../../runs/runs.js';
import { RunPageState } from './run-page-state.js';
import { decoder, FakeHub, summary } from './testing/fake-hub.js';

afterEach(() => {
  history.replaceState(null, '', '#');
});

test('while the hub reads the logs of many runs, the page asks for what the first ones log, and for that of no others', async () => {
  const hub = new FakeHub();
  const at = (run: number, read: number): ReturnType<typeof summary> =>
    summary(`run${run}`, {
      state: 'completed',
      ...(run < read
        ? { firstWallTime: run, lastWallTime: run + 1 }
        : { firstWallTime: 0, lastWallTime: 0, lastStep: -1, readToEnd: false }),
    });
  const listAt = (read: number) => {
    hub.list = { logdir: './runs', runs: Array.from({ length: 40 }, (_, run) => at(run, read)) };
    hub.tell((listener) => listener.runs?.(hub.list));
  };
  listAt(1);
  const asked = new Set<string>();
  const source = hub.source();
  history.replaceState(null, '', '#run');
  const app = new RunPageState(
    new Runs({
      ...source,
      detail(run, signal) {
        asked.add(run);
        return source.detail(run, signal);
      },
    }),
    decoder,
  );
  const frames = () =>
    new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
  for (let read = 1; read < 40; read++) {
    listAt(read);
    await frames();
    expect(app.run.get()?.run).toBe('run0');
  }
  expect([...asked]).toHaveLength(8);
  listAt(40);
  await frames();
  expect(app.run.get()?.run).toBe('run39');
  expect([...app.drawn.get().keys()].sort()).toEqual([
    'run32',
    'run33',
    'run34',
    'run35',
    'run36',
    'run37',
    'run38',
  ]);
});
