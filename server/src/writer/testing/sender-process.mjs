/**
 * A trainer without the training, to be killed: logs scalars and maps as fast as it is told and prints what the hub
 * has acknowledged. SIGTERM ends the log where it is. Arguments: JSON { hubUrl, token, cacheDirectory, logdir, name,
 * steps, everyMs }.
 */
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import threads from 'node:worker_threads';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import { createRunWriter } from '../../../dist/writer/create-run-writer.js';

// The writer's thread is that of the bundle, as users run it, which starts faster.
const { Worker } = threads;
threads.Worker = class extends Worker {
  constructor(file, options) {
    super(file.replace(/([\\/]dist[\\/])writer([\\/])/, '$1bundle$2'), options);
  }
};
syncBuiltinESMExports();

const { hubUrl, token, cacheDirectory, logdir, name, steps, everyMs } = JSON.parse(process.argv[2]);
const writer = createRunWriter({ name, logdir, hub: { url: hubUrl, token }, cacheDirectory });
process.stdout.write(`uid ${writer.runUid}\n`);
let said = -1;
setInterval(() => {
  const { acknowledged } = writer.status();
  if (acknowledged !== said) process.stdout.write(`ack ${acknowledged}\n`);
  said = acknowledged;
}, 5).unref();
// The first record of every run: a hub that has forgotten the run recognises it by this.
writer.add(
  runStartRecord(
    { runUid: writer.runUid, name, plan: { stepsPerEpoch: steps, totalSteps: steps } },
    Date.now() / 1000,
  ),
);
let ending = false;
process.on('SIGTERM', () => {
  ending = true;
});
let step = 0;
for (; step < steps && !ending; step++) {
  writer.add({ kind: 'scalar', tag: 'train/loss', step, wallTime: Date.now() / 1000, value: step });
  if (step % 5 === 0) {
    writer.addMaps({
      tag: 'conv1/preactivation',
      layer: 'conv1',
      role: 'preactivation',
      step,
      values: Float32Array.from({ length: 2 * 16 * 16 * 8 }, (_, i) => Math.sin(i * 0.1 + step)),
      pictures: 2,
      height: 16,
      width: 16,
      channels: 8,
      probes: [0, 1],
    });
  }
  if (everyMs > 0) await delay(everyMs);
}
const { acknowledged } = await writer.close({ acknowledgeWithinMs: 10_000 });
process.stdout.write(`closed ${acknowledged} after ${step} steps\n`);
process.exit(0);
