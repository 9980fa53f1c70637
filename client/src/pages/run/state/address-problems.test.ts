import { afterEach, expect, test, vi } from 'vitest';
import { Runs } from '../../../runs/runs.js';
import { RunPageState } from './run-page-state.js';
import { decoder, FakeHub, summary } from './testing/fake-hub.js';

/** The run has one layer, conv1, of one channel of 2×2, and captures until step 16. */
function open(hash: string, hub = new FakeHub()): RunPageState {
  location.hash = hash;
  return new RunPageState(new Runs(hub.source()), decoder);
}

const settled = (app: RunPageState) =>
  vi.waitFor(() => expect(app.frames.frame.get()).toMatchObject({ settled: true }));

afterEach(() => {
  location.hash = '';
});

test('what the run lacks is said and shown otherwise; the address stays until the user does something', async () => {
  const app = open('#run?run=a&layer=conv7&ch=5&y=9&zoom=99');
  await settled(app);
  await vi.waitFor(() =>
    expect(app.problems.sentences.get()).toEqual([
      'zoom=99 in the address is not a whole number from 1 to 24: all tiles are fitted.',
      'There is no channel 5 in conv1, only 0: channel 0 is shown.',
      'There is no y 9 in conv1, only 0 to 1: y 1 is shown.',
    ]),
  );
  expect(app.view.get()).toMatchObject({ channel: 0, y: 1, zoom: undefined });
  expect(location.hash).toBe('#run?run=a&layer=conv7&ch=5&y=9&zoom=99');
  app.show({ x: 1 });
  expect(app.problems.sentences.get()).toEqual([]);
  await vi.waitFor(() => expect(location.hash).toBe('#run?run=a&layer=conv1&y=1&x=1'));
});

test('an address that is read later is checked like the first one', async () => {
  const app = open('#run?run=a');
  await settled(app);
  expect(app.problems.sentences.get()).toEqual([]);
  history.replaceState(null, '', '#run?run=a&x=7');
  app.problems.read(location.hash);
  app.address.read();
  await vi.waitFor(() =>
    expect(app.problems.sentences.get()).toEqual(['There is no x 7 in conv1, only 0 to 1: x 1 is shown.']),
  );
});

test('what the user changes is kept within the run without a word', async () => {
  const app = open('#run?run=a');
  await settled(app);
  app.show({ channel: 3 });
  await vi.waitFor(() => expect(app.view.get().channel).toBe(0));
  expect(app.problems.sentences.get()).toEqual([]);
});

test('nothing is missed, and the view stays as it is, while the log is being read', async () => {
  const hub = new FakeHub();
  const list = (readToEnd: boolean) => {
    hub.list = { ...hub.list, runs: [summary('a', { readToEnd })] };
    hub.tell((listener) => listener.runs?.(hub.list));
  };
  list(false);
  const app = open('#run?run=a&ch=5&steps=40-60', hub);
  await settled(app);
  expect(app.problems.sentences.get()).toEqual([]);
  expect(app.view.get()).toMatchObject({ channel: 5, span: { from: 40, to: 60 } });
  list(true);
  await vi.waitFor(() =>
    expect(app.problems.sentences.get()).toEqual([
      'There is no channel 5 in conv1, only 0: channel 0 is shown.',
      'The last step is 16, there are none from 40 on: all steps are shown.',
    ]),
  );
});

/** The probes of step 0 are two pictures, and those from step 8 on only one. */
function withFewerProbes(hash: string): RunPageState {
  const hub = new FakeHub();
  hub.steps['probes/input'] = [0, 8];
  location.hash = hash;
  return new RunPageState(new Runs(hub.source()), {
    ...decoder,
    decode: async (request) => {
      const decoded = await decoder.decode(request);
      const isLater = decoded.kind === 'channels' && decoded.step >= 8;
      return isLater ? { ...decoded, pictures: 1, probes: [0] } : decoded;
    },
  });
}

test('a probe that there is not at the shown step is named, and the first is shown', async () => {
  const app = withFewerProbes('#run?run=a&layer=conv1&step=16&probe=1');
  await settled(app);
  await vi.waitFor(() =>
    expect(app.problems.sentences.get()).toEqual([
      'There is no probe 1 at this step, only 0: probe 0 is shown.',
    ]),
  );
  // The view follows with the next frame.
  await vi.waitFor(() => expect(app.view.get().probe).toBe(0));
});

test('a probe stays until the user goes to a step that lacks it, and that is said then too', async () => {
  const app = withFewerProbes('#run?run=a&layer=conv1&step=0&probe=1');
  await settled(app);
  expect(app.problems.sentences.get()).toEqual([]);
  expect(app.view.get().probe).toBe(1);
  app.holdAt(8);
  await vi.waitFor(() =>
    expect(app.problems.sentences.get()).toEqual([
      'There is no probe 1 at this step, only 0: probe 0 is shown.',
    ]),
  );
  // From the step with fewer, an address leads to one that has the probe.
  history.replaceState(null, '', '#run?run=a&layer=conv1&step=0&probe=1');
  app.problems.read(location.hash);
  app.address.read();
  await vi.waitFor(() => expect(app.frames.frame.get()).toMatchObject({ step: 0, settled: true }));
  expect(app.view.get().probe).toBe(1);
  expect(app.problems.sentences.get()).toEqual([]);
});
