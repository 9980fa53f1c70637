/** Logs a run with the shapes of the default net without training it, to measure hub and page on an idle machine. */
import { join } from 'node:path';
import type { Conv2dDescription } from '@convscope/shared/run-description.js';
import { conv2dDescription, runStartRecord } from '@convscope/shared/testing/run-start.js';
import { readIngestToken } from '#server/hub/token-file.js';
import type { Product, TestFolder } from '#server/testing/product.js';
import { createRunWriter } from '#server/writer/create-run-writer.js';

/** How many different captures take turns. */
const WAVES = 8;
const LAYERS = [
  ['conv1', 16, 32],
  ['conv2', 32, 16],
  ['conv3', 32, 16],
  ['conv4', 64, 8],
] as const;

function describe([name, channels, side]: (typeof LAYERS)[number]): Conv2dDescription {
  return conv2dDescription({
    name,
    inChannels: 3,
    outChannels: channels,
    inputShape: [3, side, side],
    outputShape: [channels, side, side],
  });
}

/** Logs ten captures and fifty losses a second until it is stopped. */
export async function emitIdleRun(
  folder: TestFolder,
  convscope: Product,
): Promise<{ stop(): Promise<void> }> {
  const { cache: cacheDirectory } = folder;
  const token = await readIngestToken(join(cacheDirectory, 'ingest-token'));
  if (token === null) throw new Error(`The hub has left no ingest token in ${cacheDirectory}.`);
  const writer = createRunWriter({
    name: 'idle',
    logdir: folder.logdir,
    hub: { url: convscope.url.slice(0, -1), token },
    cacheDirectory,
  });
  writer.add(
    runStartRecord(
      {
        runUid: writer.runUid,
        name: 'idle',
        data: { name: 'waves' },
        model: { name: 'waves', inputShape: [3, 32, 32], layers: LAYERS.map(describe) },
        probes: [{ index: 0, label: 0 }],
        plan: { stepsPerEpoch: 1e6, totalSteps: 1e6 },
      },
      Date.now() / 1000,
    ),
  );
  // Computed beforehand: this process also times arriving messages and must not be busy then.
  const waves = Object.fromEntries(
    LAYERS.map(([layer, channels, side]) => [
      layer,
      Array.from({ length: WAVES }, (_, phase) =>
        Float32Array.from({ length: 8 * side * side * channels }, (_, i) => Math.sin(i * 0.37 + phase)),
      ),
    ]),
  ) as Record<(typeof LAYERS)[number][0], Float32Array[]>;
  let step = 0;
  const timer = setInterval(() => {
    writer.add({
      kind: 'scalar',
      tag: 'train/loss',
      step,
      wallTime: Date.now() / 1000,
      value: Math.exp(-step / 1000),
    });
    if (step % 5 === 0) {
      for (const [layer, channels, side] of LAYERS) {
        writer.addMaps({
          tag: `${layer}/preactivation`,
          layer,
          role: 'preactivation',
          step,
          // Copy: the buffer is transferred to the writer's thread.
          values: waves[layer][(step / 5) % WAVES]!.slice(),
          pictures: 8,
          height: side,
          width: side,
          channels,
          probes: [0, 1, 2, 3, 4, 5, 6, 7],
        });
      }
    }
    step++;
  }, 20);
  return {
    async stop() {
      clearInterval(timer);
      await writer.close({ acknowledgeWithinMs: 2_000 });
    },
  };
}
