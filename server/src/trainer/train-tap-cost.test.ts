/** What a step costs for which no capture is due. Work is counted in kernels that the backend runs, since time varies. */
import { beforeAll, expect, it } from 'vitest';
import { type Backend, loadBackend } from '../tfjs/backend.js';
import { syntheticData } from './data/synthetic-data.js';
import { trainOptions } from './options.js';
import { memoryWriter } from './testing/memory-writer.js';
import { train } from './train.js';

let backend: Backend;
beforeAll(async () => {
  backend = await loadBackend({ wanted: 'wasm', threads: 1 });
});

/** How often each kernel runs in a training of so many steps. */
async function kernelsOf(steps: number, captureEvery: number): Promise<Map<string, number>> {
  const options = trainOptions.parse({ batch: 16, model: 'lenet', epochs: 100, steps, captureEvery });
  const counts = new Map<string, number>();
  const { kernels } = await backend.tf.profile(async () => {
    const hooks = { signal: new AbortController().signal, onProgress: () => {}, log: () => {} };
    await train(options, { backend, data: syntheticData(1, 64, 32) }, memoryWriter(), hooks);
    return backend.tf.scalar(0);
  });
  for (const { name } of kernels) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What `more` ran that `fewer` did not, by name. */
function difference(more: Map<string, number>, fewer: Map<string, number>): Map<string, number> {
  const counts = [...more].map(([name, count]) => [name, count - (fewer.get(name) ?? 0)] as const);
  return new Map(counts.filter(([, count]) => count !== 0).sort());
}

it('steps for which no capture is due run nothing for the tap', async () => {
  // With captures, there is one at the start and one at the end.
  const captured = difference(await kernelsOf(16, 1000), await kernelsOf(8, 1000));
  const uncaptured = difference(await kernelsOf(16, 0), await kernelsOf(8, 0));
  expect(uncaptured.size).toBeGreaterThan(10);
  expect(captured).toEqual(uncaptured);
  // The count sees captures where they are due.
  expect(difference(await kernelsOf(16, 4), await kernelsOf(8, 4))).not.toEqual(captured);
});
