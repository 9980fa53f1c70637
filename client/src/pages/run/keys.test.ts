import { afterEach, expect, test, vi } from 'vitest';
import { Runs } from '../../runs/runs.js';
import { handleKey } from './keys.js';
import { RunPageState } from './state/run-page-state.js';
import { decoder, FakeHub } from './state/testing/fake-hub.js';

afterEach(() => {
  location.hash = '';
});

async function opened(hub: FakeHub, by = decoder) {
  location.hash = '#run?run=a';
  const app = new RunPageState(new Runs(hub.source()), by);
  await vi.waitFor(() => expect(app.frames.frame.get()?.settled).toBe(true));
  const said: string[] = [];
  const press = (key: string) =>
    handleKey(new KeyboardEvent('keydown', { key }), app, {
      copyLink: () => undefined,
      captureNow: () => void said.push('capture'),
      say: (sentence) => said.push(sentence),
    });
  return { app, press, said };
}

test('the digits choose among the pictures that the description names', async () => {
  const probes = [
    { index: 3, label: 0 },
    { index: 5, label: 1 },
  ];
  const { app, press, said } = await opened(new FakeHub(), {
    ...decoder,
    decode: async (request) => {
      const decoded = await decoder.decode(request);
      return decoded.kind === 'run-start' ? { ...decoded, start: { ...decoded.start, probes } } : decoded;
    },
  });
  await vi.waitFor(() => expect(app.probes).toBe(2));
  press('2');
  expect([app.view.get().probe, said]).toEqual([1, []]);
  press('3');
  expect(app.view.get().probe).toBe(1);
  expect(said).toEqual(['There is no picture 3: this run has 2 pictures.']);
});

test('without a description they choose among the pictures of the maps', async () => {
  const hub = new FakeHub();
  delete hub.steps['convscope/run_start'];
  hub.steps['layer1/output'] = [0];
  const { app, press, said } = await opened(hub, {
    ...decoder,
    decode: async (request) => {
      const decoded = await decoder.decode(request);
      return decoded.kind === 'tensor'
        ? { ...decoded, shape: [3, 1, 2, 2], values: new Float32Array(12) }
        : decoded;
    },
  });
  app.selectLayer('layer1');
  await vi.waitFor(() => expect(app.probes).toBe(3));
  press('3');
  expect(app.view.get().probe).toBe(2);
  press('8');
  expect(app.view.get().probe).toBe(2);
  expect(said).toEqual(['There is no picture 8: this run has 3 pictures.']);
});
