/**
 * What viewers ask of a training process, and what comes of it. One file, because every test trains on one backend, which each
 * further file would load anew, in a process of its own.
 */
import type { ControlAnswer, ControlRequest } from '@convscope/shared/protocol/control.js';
import { REQUESTS_TAG } from '@convscope/shared/protocol/control.js';
import {
  PROBE_CHOICE_TAG,
  PROBE_INPUT_TAG,
  PROBE_PICTURES_TAG,
  PROBE_PREDICTIONS_TAG,
  SCALAR_TAGS,
} from '@convscope/shared/run-description.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, loadBackend } from '../tfjs/backend.js';
import { syntheticData } from './data/synthetic-data.js';
import type { TrainOptions } from './options.js';
import { askedTraining } from './testing/asked-training.js';
import { memoryWriter } from './testing/memory-writer.js';

const data = syntheticData(1, 64, 32);

describe('what viewers ask of a training process', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend({ wanted: 'wasm', threads: 1 });
  });

  const trained = (
    options: Partial<TrainOptions>,
    at: Parameters<typeof askedTraining>[3],
    signal?: AbortSignal,
  ) => askedTraining(backend, data, options, at, signal);

  it('is a capture after the step that is computed, with its cost, noted in the log', async () => {
    const { stepsOf, answers, writer } = await trained({}, (step, ask) => {
      if (step === 4) void ask({ ask: 'capture' });
    });
    expect(stepsOf('conv1/preactivation')).toEqual([4]);
    expect(answers).toMatchObject([
      {
        ok: true,
        sentence: expect.stringMatching(/^Captured step 4 in [\d.]+ m?s\.$/),
        milliseconds: expect.any(Number),
      },
    ]);
    const [noted] = writer.of('text', REQUESTS_TAG);
    expect(noted).toMatchObject({ step: 4 });
    expect(noted?.strings[0]).toMatch(/^\d{4}-\d\d-\d\dT.*Z 192\.0\.2\.1 \(Firefox\): capture now$/);
  });

  it('is refused when the log has no room for it, and nothing is captured by itself', async () => {
    const options = { captureEvery: 3, captureAt: '5' };
    const full = memoryWriter(Number.POSITIVE_INFINITY);
    const asked: Parameters<typeof askedTraining>[3] = (step, ask) => {
      if (step === 4) void ask({ ask: 'capture' });
      if (step === 6) void ask({ ask: 'settings', change: { every: 2 } });
    };
    const { stepsOf, answers } = await askedTraining(backend, data, options, asked, undefined, full);
    // Only a capture tells how full the log is.
    expect(stepsOf('conv1/preactivation')).toEqual([0]);
    const sentence = expect.stringMatching(/size limit.*larger --max-log-mb\.$/);
    expect(answers).toEqual([
      { ok: false, error: sentence },
      { ok: true, sentence },
    ]);
    const { stretch, every, next, wider } = full.states.at(-1)!;
    expect([stretch, every, next, wider?.why]).toEqual([null, 0, null, 'log-full']);
  });

  it('costs and logs nothing when nobody asks', async () => {
    const { writer, stepsOf } = await trained({}, () => undefined);
    expect(stepsOf('conv1/preactivation')).toEqual([]);
    expect(writer.of('text', REQUESTS_TAG)).toEqual([]);
    expect(writer.states.map(({ step, pictureCost }) => [step, pictureCost.forward])).toEqual([
      [0, null],
      [0, expect.any(Number)],
    ]);
  });

  it('is every N, at steps, layers, gradients and the budget, and the state says what holds', async () => {
    const { stepsOf, answers, writer } = await trained({ steps: 20 }, (step, ask) => {
      if (step === 2)
        void ask({
          ask: 'settings',
          change: { every: 5, at: '9', layers: ['conv1'], gradients: true, budget: 2 },
        });
      if (step === 14) void ask({ ask: 'settings', change: { gradients: false, layers: null, at: '' } });
    });
    expect(answers).toMatchObject([
      { ok: true, sentence: expect.stringContaining('A capture every 5 steps.') },
      {
        ok: true,
        sentence: expect.stringMatching(/One costs about [\d.]+ m?s: (< )?[\d.]+ % of the training time\.$/),
      },
    ]);
    expect(stepsOf('conv1/preactivation')).toEqual([2, 7, 9, 12, 17, 20]);
    expect(stepsOf('conv1/gradient')).toEqual([2, 7, 9, 12]);
    expect(stepsOf('conv2/preactivation')).toEqual([17, 20]);
    const last = writer.states.at(-1);
    expect(last?.settings).toEqual({
      every: 5,
      at: '',
      layers: null,
      gradients: false,
      budget: 2,
      paused: false,
    });
    expect(last?.layers).toEqual(['conv1', 'conv2']);
    expect(last?.cost.step).toBeGreaterThan(0);
    expect(Object.keys(last?.cost.layers ?? {})).toEqual(['conv1', 'conv2']);
    expect(last?.cost.gradients).toBeGreaterThan(0);
    expect(last?.share).toBeGreaterThan(0);
    // The log says the same, so that it can be read when the process has ended.
    expect(writer.scalars(SCALAR_TAGS.captureShare).get(20)).toBe(Math.fround(last!.share!));
    expect(writer.scalars(SCALAR_TAGS.captureBudget).get(20)).toBe(0);
    const before = writer.states.find(({ step }) => step === 12);
    expect([before?.every, before?.next]).toEqual([5, 17]);
    const [first, second] = writer.of('text', REQUESTS_TAG);
    expect(first?.strings[0]).toContain(
      'capture every 5 steps; at steps 9; layers conv1; gradients on; budget 2 %',
    );
    expect(second?.strings[0]).toContain('at no named steps; all layers; gradients off');
  });

  it('captures the layers whose maps are the input of the chosen one too', async () => {
    const { stepsOf, writer, answers } = await trained({ captureEvery: 6 }, (step, ask) => {
      if (step === 7) void ask({ ask: 'settings', change: { layers: ['conv2'] } });
    });
    expect(stepsOf('conv1/preactivation')).toEqual(stepsOf('conv2/preactivation'));
    expect(writer.states.at(-1)?.along).toEqual({ conv1: [], conv2: ['conv1'] });
    // What a capture is expected to cost includes them.
    const { cost } = writer.states.findLast(({ step }) => step === 7)!;
    expect(answers[0]).toMatchObject({ milliseconds: cost.base! + cost.layers.conv1! + cost.layers.conv2! });
  });

  it('are weighed by the bytes that a capture is expected to add to the log', async () => {
    const { writer } = await trained({ captureEvery: 6, captureGradients: true }, () => undefined);
    const { size, layers, stepsPerEpoch } = writer.states.at(-1)!;
    const bytes = { layers: 0, gradients: 0, base: 0 };
    for (const { step, role, values } of writer.maps)
      if (step === 6) bytes[role === 'gradient' ? 'gradients' : 'layers'] += values.length;
    for (const { step, tag, values } of writer.of('tensor')) {
      const [, layer = ''] = /^(\w+)\/(weight|bias)$/.exec(tag) ?? [];
      if (step === 6 && layer !== '')
        bytes[layers.includes(layer) ? 'layers' : 'base'] += 4 * (values?.length ?? 0);
    }
    const sum = (of: Readonly<Record<string, number>>) => Object.values(of).reduce((a, b) => a + b, 0);
    expect({ base: size.base, layers: sum(size.layers), gradients: sum(size.gradients) }).toEqual(bytes);
    expect(stepsPerEpoch).toBe(16);
  });

  it('is a pause of captures, during which one that is asked for is made', async () => {
    const { stepsOf, writer } = await trained({ captureEvery: 2, steps: 10 }, (step, ask) => {
      if (step === 1) void ask({ ask: 'settings', change: { paused: true } });
      if (step === 5) void ask({ ask: 'capture' });
      if (step === 7) void ask({ ask: 'settings', change: { paused: false } });
    });
    expect(stepsOf('conv1/preactivation')).toEqual([0, 5, 7, 9, 10]);
    // What the log says of the step that it is of last is what holds.
    const every = new Map(
      writer.of('scalar', SCALAR_TAGS.captureEvery).map(({ step, value }) => [step, value]),
    );
    expect([...every]).toEqual([
      [0, 2],
      [1, 0],
      [5, 0],
      [7, 2],
      [9, 2],
      [10, 2],
    ]);
  });

  it('pauses training, which takes requests meanwhile and goes on', async () => {
    const { result, stepsOf, answers } = await trained({ steps: 6 }, (step, ask) => {
      if (step !== 3) return;
      void ask({ ask: 'training', paused: true })
        .then(() => ask({ ask: 'capture' }))
        .then(() => ask({ ask: 'training', paused: false }));
    });
    expect(result).toMatchObject({ reason: 'completed', steps: 6 });
    expect(stepsOf('conv1/preactivation')).toEqual([3]);
    expect(answers.map((one) => (one.ok ? one.sentence : one.error))).toEqual([
      'Training is paused at step 3.',
      expect.stringMatching(/^Captured step 3 in/),
      'Training goes on from step 3.',
    ]);
  });

  it('ends on the signal while training is paused', async () => {
    const controller = new AbortController();
    const { result } = await trained(
      { steps: 6 },
      (step, ask) => {
        if (step === 3) void ask({ ask: 'training', paused: true }).then(() => controller.abort());
      },
      controller.signal,
    );
    expect(result).toMatchObject({ reason: 'interrupted', steps: 3 });
  });

  it('is other probes, which are logged with the first maps of them', async () => {
    const pixels = new Uint8Array(3 * 32 * 32).fill(255);
    const { stepsOf, writer } = await trained({ captureEvery: 5, steps: 12 }, (step, ask) => {
      if (step === 7) void ask({ ask: 'probes', probes: [{ index: 30 }, { name: 'white', pixels }] });
    });
    expect(stepsOf('conv1/preactivation')).toEqual([0, 5, 7, 10, 12]);
    const pictures = writer.maps.filter(({ tag }) => tag === 'conv1/preactivation');
    expect(pictures.map((one) => one.pictures)).toEqual([8, 8, 2, 2, 2]);
    // The statistics are of the same pictures, so that they can be compared.
    expect(pictures.map(({ statistics }) => statistics?.pictures)).toEqual([32, 32, 32, 32, 32]);
    const inputs = writer.of('tensor', PROBE_INPUT_TAG);
    expect(inputs.map(({ step, shape }) => [step, shape])).toEqual([
      [0, [8, 3, 32, 32]],
      [7, [2, 3, 32, 32]],
    ]);
    const { mean, std } = data;
    const white = [...(inputs[1]?.values ?? [])].slice(3 * 32 * 32);
    [0, 1, 2].forEach((channel) => {
      expect(white[channel * 32 * 32]).toBeCloseTo((1 - mean[channel]!) / std[channel]!, 5);
    });
    expect(writer.of('image', PROBE_PICTURES_TAG).map(({ step, images }) => [step, images.length])).toEqual([
      [0, 8],
      [7, 2],
    ]);
    const [choice, ...more] = writer.of('text', PROBE_CHOICE_TAG);
    expect(more).toEqual([]);
    expect([choice?.step, JSON.parse(choice?.strings[0] ?? '')]).toEqual([
      7,
      [
        { index: 30, label: data.test.labels[30], name: data.classes[data.test.labels[30]!] },
        { index: null, label: null, name: 'white' },
      ],
    ]);
    expect(writer.of('tensor', PROBE_PREDICTIONS_TAG).map(({ shape }) => shape[0])).toEqual([8, 8, 2, 2, 2]);
    expect(writer.states.at(-1)?.probes).toHaveLength(2);
  });

  it('is other probes beside an uploaded one, which stays without being sent again', async () => {
    const pixels = new Uint8Array(3 * 32 * 32).fill(255);
    const { answers, writer } = await trained({ captureEvery: 0, steps: 12 }, (step, ask) => {
      if (step === 3) void ask({ ask: 'probes', probes: [{ index: 30 }, { name: 'white', pixels }] });
      if (step === 7) void ask({ ask: 'probes', probes: [{ probe: 1, name: 'white' }, { index: 4 }] });
      if (step === 9) void ask({ ask: 'probes', probes: [{ probe: 1, name: 'white' }] });
    });
    const choices = writer.of('text', PROBE_CHOICE_TAG).map(({ strings }) => JSON.parse(strings[0] ?? ''));
    expect(choices.at(-1)).toMatchObject([{ index: null, name: 'white' }, { index: 4 }]);
    const [before, after] = writer.of('tensor', PROBE_INPUT_TAG).slice(-2);
    const size = 3 * 32 * 32;
    expect([...(after?.values ?? [])].slice(0, size)).toEqual([...(before?.values ?? [])].slice(size));
    expect(answers.at(-1)).toEqual({ ok: false, error: 'Probe 1 is not "white" any more. Ask again.' });
  });

  it('is pictures of a class, each another one', async () => {
    const { labels } = data.test;
    const label = labels.find((one, i) => labels.indexOf(one, i + 1) > 0) ?? 0;
    const { writer } = await trained({ captureEvery: 5, steps: 6 }, (step, ask) => {
      if (step === 2) void ask({ ask: 'probes', probes: [{ class: label }, { class: label }] });
    });
    const [choice] = writer.of('text', PROBE_CHOICE_TAG);
    const chosen: { index: number; label: number }[] = JSON.parse(choice?.strings[0] ?? '[]');
    expect(chosen.map((one) => one.label)).toEqual([label, label]);
    expect(new Set(chosen.map(({ index }) => index)).size).toBe(2);
  });

  it('shows other probes from the next step on where this one is captured already', async () => {
    const { stepsOf, writer } = await trained({ steps: 8 }, (step, ask) => {
      if (step !== 3) return;
      void ask({ ask: 'training', paused: true })
        .then(() => ask({ ask: 'capture' }))
        .then(() => {
          void ask({ ask: 'probes', probes: [{ index: 3 }] });
          void ask({ ask: 'training', paused: false });
        });
    });
    expect(stepsOf('conv1/preactivation')).toEqual([3, 4]);
    expect(writer.of('tensor', PROBE_INPUT_TAG).map(({ step, shape }) => [step, shape[0]])).toEqual([
      [3, 8],
      [4, 1],
    ]);
  });

  it('says so while training is paused at such a step, and captures them when it goes on', async () => {
    const { stepsOf, writer, answers } = await trained({ steps: 8 }, (step, ask) => {
      if (step !== 3) return;
      void ask({ ask: 'training', paused: true })
        .then(() => ask({ ask: 'capture' }))
        .then(() => ask({ ask: 'probes', probes: [{ index: 3 }] }))
        .then(() => ask({ ask: 'capture' }))
        .then(() => ask({ ask: 'training', paused: false }));
    });
    expect(stepsOf('conv1/preactivation')).toEqual([3, 4]);
    expect(writer.of('tensor', PROBE_INPUT_TAG).map(({ step, shape }) => [step, shape[0]])).toEqual([
      [3, 8],
      [4, 1],
    ]);
    const putOff = expect.stringMatching(/^Step 3 was captured before the probes were changed\./);
    expect(answers.map((one) => (one.ok ? one.sentence : one.error)).slice(2, 4)).toEqual([putOff, putOff]);
  });

  it('captures gradients of a picture whose class nobody knows', async () => {
    const pixels = new Uint8Array(3 * 32 * 32);
    const { stepsOf } = await trained({ captureGradients: true, captureEvery: 3, steps: 6 }, (step, ask) => {
      if (step === 2) void ask({ ask: 'probes', probes: [{ name: 'black', pixels }] });
    });
    expect(stepsOf('conv2/gradient')).toEqual([0, 2, 3, 6]);
  });

  it.each([
    [{ ask: 'settings', change: { layers: ['conv9'] } }, 'The net has no conv layer "conv9".'],
    [{ ask: 'probes', probes: [{ index: 32 }] }, 'There is no picture 32: the test set has 32, from 0.'],
    [{ ask: 'probes', probes: [{ class: 10 }] }, 'There is no class 10.'],
    [
      { ask: 'probes', probes: [{ name: 'small', pixels: new Uint8Array(3) }] },
      'The net takes pictures of 32 × 32 pixels, 3072 bytes, not 3.',
    ],
  ] satisfies [ControlRequest, string][])('is refused with a sentence: %j', async (request, sentence) => {
    const { answers, writer } = await trained({ steps: 3 }, (step, ask) => {
      if (step === 1) void ask(request);
    });
    expect(answers).toEqual([{ ok: false, error: sentence }]);
    expect(writer.of('text', REQUESTS_TAG)).toEqual([]);
  });

  it('keeps the lines of all requests of one step', async () => {
    const { writer } = await trained({ steps: 3 }, (step, ask) => {
      if (step !== 2) return;
      void ask({ ask: 'settings', change: { budget: 1 } });
      void ask({ ask: 'settings', change: { budget: 3 } });
    });
    const newest = writer.of('text', REQUESTS_TAG).at(-1)?.strings[0];
    expect(newest).toMatch(/budget 1 %\n\n.*budget 3 %$/);
  });

  it('are settings whose budget the log names from then on', async () => {
    const { writer } = await trained({ steps: 4, captureEvery: 'auto' }, (step, ask) => {
      if (step === 2) void ask({ ask: 'settings', change: { budget: 3, paused: true } });
    });
    const budgets = writer.scalars(SCALAR_TAGS.captureBudget);
    expect([budgets.get(0), budgets.get(2)]).toEqual([0.05, 0.03].map(Math.fround));
  });

  it('is refused once training has ended', async () => {
    const { writer } = await trained({ steps: 2 }, () => undefined);
    const answer = await new Promise<ControlAnswer>((resolve) => {
      writer.viewers.add({ request: { ask: 'capture' }, by: 'x', answer: resolve });
    });
    expect(answer).toEqual({ ok: false, error: 'Training has ended.' });
  });
});
