/** Logs a loss a step, and maps when a capture is due, in place of `trainer/train.js` and `trainer/prepare-run.js`. */
import { setTimeout as delay } from 'node:timers/promises';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';

/** About as long as a step of the smallest net. */
const STEP_MS = 20;

export async function prepareRun() {
  return {};
}

/** Eight pictures of eight channels, which compress badly. */
function maps(step) {
  const shape = { pictures: 8, height: 32, width: 32, channels: 8 };
  const values = Float32Array.from({ length: 8 * 32 * 32 * 8 }, () => Math.random());
  const probes = [0, 1, 2, 3, 4, 5, 6, 7];
  return {
    tag: 'conv1/preactivation',
    layer: 'conv1',
    role: 'preactivation',
    step,
    values,
    ...shape,
    probes,
  };
}

export async function train(options, _prepared, writer, { signal, onProgress }) {
  const began = performance.now();
  const totalSteps = options.steps ?? Number.MAX_SAFE_INTEGER;
  const now = () => Date.now() / 1000;
  writer.add(runStartRecord({ runUid: writer.runUid, name: options.name }, now()));
  const { captureEvery } = options;
  let step = 0;
  while (step < totalSteps && !signal.aborted) {
    writer.add({ kind: 'scalar', tag: 'train/loss', step, wallTime: now(), value: 1 / (1 + step) });
    if (captureEvery > 0 && step % captureEvery === 0) writer.addMaps(maps(step));
    step++;
    onProgress({ phase: 'training', epoch: 1, epochs: 1, step, totalSteps });
    await delay(STEP_MS);
  }
  const reason = signal.aborted ? 'interrupted' : 'completed';
  const seconds = (performance.now() - began) / 1000;
  const end = { version: 1, reason, seconds };
  writer.add({ kind: 'run-end', tag: 'convscope/run_end', step, wallTime: now(), end });
  return { reason, steps: step, seconds };
}
