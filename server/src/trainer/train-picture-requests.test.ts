import { type ControlRequest, REQUESTS_TAG } from '@convscope/shared/protocol/control.js';
import { PROBE_PREDICTIONS_TAG } from '@convscope/shared/run-description.js';
import { readOcclusionFacts, readSaliencyFacts } from '@convscope/shared/unit-facts.js';
import { factsTag, occlusionTag, saliencyTag } from '@convscope/shared/unit-records.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, loadBackend } from '../tfjs/backend.js';
import { syntheticData } from './data/synthetic-data.js';
import { MODEL_NAMES } from './net/models.js';
import { askedTraining } from './testing/asked-training.js';

const data = syntheticData(1, 64, 16);

describe('what viewers ask of one picture', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend({ wanted: 'wasm', threads: 1 });
  });

  it('is an occlusion map of the step at which it began, whose base is the prediction of that step', async () => {
    const { writer, answers } = await askedTraining(backend, data, { steps: 60 }, (step, ask) => {
      if (step !== 3) return;
      void ask({ ask: 'capture' });
      void ask({ ask: 'occlusion', probe: 2, patch: 8, stride: 4 });
    });
    expect(answers).toContainEqual({
      ok: true,
      sentence: expect.stringMatching(
        /^Covered 49 patches of probe 2 \(synthetic \d\) with the net of step 3: [\d.]+ m?s, in \d+ pieces?\.$/,
      ),
      milliseconds: expect.any(Number),
    });
    const [map, ...more] = writer.of('tensor', occlusionTag(2));
    expect(more).toEqual([]);
    expect(map).toMatchObject({ step: 3, dtype: 'float32', shape: [10, 7, 7] });
    const [text] = writer.of('text', factsTag(occlusionTag(2)));
    const facts = readOcclusionFacts(text?.strings[0] ?? '')!;
    const [start] = writer.of('run-start');
    expect(facts).toMatchObject({ index: start!.start.probes[2]!.index, patch: 8, stride: 4 });
    const predictions = [...writer.of('tensor', PROBE_PREDICTIONS_TAG)[0]!.values!].slice(20, 30);
    facts.base.forEach((probability, label) => {
      expect(probability).toBeCloseTo(predictions[label]!, 5);
    });
    // The probabilities of each patch are those of all classes.
    for (let patch = 0; patch < 49; patch++) {
      const sum = predictions.reduce((all, _, label) => all + map!.values![label * 49 + patch]!, 0);
      expect(sum).toBeCloseTo(1, 4);
    }
    expect(writer.of('text', REQUESTS_TAG).at(-1)?.strings[0]).toMatch(
      /occlusion of probe 2, patch 8, stride 4, about [\d.]+ m?s$/,
    );
    // The next one is expected to take as long: 49 patches and the whole picture.
    const { forward, ofOcclusion } = writer.states.at(-1)!.pictureCost;
    expect(50 * forward!).toBeCloseTo(facts.milliseconds, 6);
    expect(ofOcclusion).toBe(true);
    expect(writer.states.find(({ step }) => step === 0)?.pictureCost.ofOcclusion).toBe(false);
  });

  it('is done in pieces, between which training goes on', async () => {
    let answered: number | undefined;
    let now = 0;
    const { writer } = await askedTraining(
      backend,
      data,
      { steps: 60, model: 'resnet8', batch: 2 },
      (step, ask) => {
        now = step;
        if (step !== 1) return;
        void ask({ ask: 'occlusion', probe: 0, patch: 2, stride: 2 }).then(() => {
          answered = now;
        });
      },
    );
    const [text] = writer.of('text', factsTag(occlusionTag(0)));
    const { pieces } = readOcclusionFacts(text?.strings[0] ?? '')!;
    expect(pieces).toBeGreaterThan(2);
    expect(answered).toBe(pieces);
    expect(writer.of('tensor', occlusionTag(0))).toMatchObject([{ step: 1, shape: [10, 16, 16] }]);
  });

  it('is the gradient of the predicted class, or of another one, while training is paused too', async () => {
    const { writer, answers } = await askedTraining(backend, data, { steps: 6 }, (step, ask) => {
      if (step !== 2) return;
      void ask({ ask: 'training', paused: true })
        .then(() => ask({ ask: 'capture' }))
        .then(() => ask({ ask: 'saliency', probe: 1 }))
        .then(() => ask({ ask: 'saliency', probe: 1, class: 7 }))
        .then(() => ask({ ask: 'occlusion', probe: 1, patch: 32, stride: 1 }))
        .then(() => ask({ ask: 'training', paused: false }));
    });
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const row = [...writer.of('tensor', PROBE_PREDICTIONS_TAG)[0]!.values!].slice(10, 20);
    const predicted = row.indexOf(Math.max(...row));
    for (const label of new Set([predicted, 7])) {
      const tag = saliencyTag(1, label);
      expect(writer.of('tensor', tag)[0]).toMatchObject({ step: 2, shape: [3, 32, 32] });
      const facts = readSaliencyFacts(writer.of('text', factsTag(tag))[0]?.strings[0] ?? '');
      expect(facts?.class).toBe(label);
      expect(facts?.probability).toBeCloseTo(row[label]!, 5);
    }
    expect(writer.of('tensor', occlusionTag(1))).toMatchObject([{ step: 2, shape: [10, 1, 1] }]);
    expect(writer.states.at(-1)?.pictureCost.saliency).toBeGreaterThan(0);
  });

  it.each(MODEL_NAMES)('works with %s', async (model) => {
    const { answers } = await askedTraining(backend, data, { steps: 8, model }, (step, ask) => {
      if (step !== 1) return;
      void ask({ ask: 'saliency', probe: 0 });
      void ask({ ask: 'occlusion', probe: 0, patch: 16, stride: 16 });
    });
    expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('is refused when training ends before it is done', async () => {
    const { answers } = await askedTraining(backend, data, { steps: 2, model: 'resnet8' }, (step, ask) => {
      if (step === 1) void ask({ ask: 'occlusion', probe: 0, patch: 2, stride: 1 });
    });
    expect(answers).toEqual([{ ok: false, error: 'Training has ended.' }]);
  });

  it.each([
    [{ ask: 'occlusion', probe: 7, patch: 33, stride: 1 }, 'A patch must be from 1 to 32 pixels wide.'],
    [{ ask: 'occlusion', probe: 0, patch: 0.5, stride: 1 }, 'A patch must be from 1 to 32 pixels wide.'],
    [{ ask: 'saliency', probe: 0, class: 10 }, 'There is no class 10: there are 10, from 0.'],
    [{ ask: 'saliency', probe: 8 }, 'There is no probe 8: there are 8, from 0.'],
  ] satisfies [ControlRequest, string][])('is refused with a sentence: %j', async (request, sentence) => {
    const { answers, writer } = await askedTraining(backend, data, { steps: 3 }, (step, ask) => {
      if (step === 1) void ask(request);
    });
    expect(answers).toEqual([{ ok: false, error: sentence }]);
    expect(writer.of('text', REQUESTS_TAG)).toEqual([]);
  });
});
