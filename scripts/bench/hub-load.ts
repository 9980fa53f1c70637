/**
 * Measures a hub under load: 200 viewers of one run, a tenth of them stalled, then many trainers at once. With --soak, an
 * hour of coming and going with a fast clock, after which memory, descriptors and listeners must be what they were.
 * Hub, trainers and viewers share this machine.
 *
 *   node scripts/dist/bench/hub-load.js [--seconds N] [--viewers N] [--stalled N] [--map-kb N] [--soak] [--json FILE]
 */
import { setTimeout as delay } from 'node:timers/promises';
import { testFolder } from '#server/testing/product.js';
import { onOff, positiveNumber, readCommandLine, wholeNumber } from '../command-line.js';
import { LightViewer } from './hub-load/light-viewer.js';
import { type MeasuredHub, startMeasuredHub } from './hub-load/measured-hub.js';
import { soak } from './hub-load/soak.js';
import { LOSS, startTrainer, type Trainer } from './hub-load/trainer.js';
import { type BenchRow, benchRow, jsonFlag, report } from './report.js';

const STEPS_PER_SECOND = 20;
const MAPS = ['conv1', 'conv2', 'conv3', 'conv4'].map((layer) => `${layer}/preactivation`);
const WARM_UP_MS = 3000;
const LATENCY_WANTED_MS = 250;
const STALLED_WANTED_MB = 20;

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/hub-load.js',
  purpose: 'Measures a hub with many viewers, stalled viewers and many trainers.',
  flags: {
    seconds: positiveNumber('how long each part is measured', 20),
    viewers: wholeNumber('viewers of one run, with the stalled ones', 200),
    stalled: wholeNumber('viewers that stop reading', 20),
    trainers: wholeNumber('trainers at once', 10),
    'map-kb': positiveNumber('the size of a map; each step has four', 16),
    soak: onOff('an hour of viewers and runs that come and go, with a fast clock, instead of the load'),
    'soak-seconds': positiveNumber('how long that hour takes', 300),
    json: jsonFlag,
  },
});
const mapBytes = flags['map-kb'] * 1024;

function trainerOf(hub: MeasuredHub, run: string): Promise<Trainer> {
  const { url, token } = hub;
  return startTrainer({ url, token, run, stepsPerSecond: STEPS_PER_SECOND, maps: MAPS, mapBytes });
}

async function viewersOf(hub: MeasuredHub, run: string, count: number): Promise<LightViewer[]> {
  const viewers = Array.from(
    { length: count },
    () => new LightViewer({ port: hub.port, run, tags: MAPS, timed: LOSS }),
  );
  for (const viewer of viewers) await viewer.open();
  return viewers;
}

/** What the viewers and the hub's API say during the measured time. */
async function observe(hub: MeasuredHub, viewers: readonly LightViewer[]) {
  await delay(WARM_UP_MS);
  for (const viewer of viewers) {
    viewer.losses = [];
    viewer.maps = [];
  }
  const answers: number[] = [];
  const memory: number[] = [];
  const began = performance.now();
  const cpuBefore = hub.cpu();
  const end = began + flags.seconds * 1000;
  while (performance.now() < end) {
    const asked = performance.now();
    await (await fetch(new URL('api/session', hub.url))).arrayBuffer();
    answers.push(performance.now() - asked);
    memory.push(hub.rss());
    await delay(50);
  }
  const cutOff = viewers.filter(({ isCutOff }) => isCutOff).length;
  if (cutOff > 0) throw new Error(`The hub cut ${cutOff} healthy viewers off.`);
  return {
    losses: viewers.flatMap(({ losses }) => losses),
    maps: viewers.flatMap(({ maps }) => maps),
    answers,
    memory,
    cores: (hub.cpu() - cpuBefore) / ((performance.now() - began) / 1000),
  };
}

function timeRows(name: string, milliseconds: readonly number[]): BenchRow[] {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const p99 = sorted[Math.min(sorted.length - 1, Math.floor(0.99 * sorted.length))] ?? Number.NaN;
  return [
    benchRow({ name: `${name}, p50`, unit: 'ms', ours: milliseconds }),
    benchRow({ name: `${name}, p99`, unit: 'ms', ours: [p99], wanted: LATENCY_WANTED_MS }),
  ];
}

async function load(): Promise<BenchRow[]> {
  const folder = testFolder();
  const hub = await startMeasuredHub(folder.logdir);
  const rows: BenchRow[] = [];
  try {
    const { viewers: count, stalled } = flags;
    const healthy = count - stalled;
    const trainer = await trainerOf(hub, 'run');
    const viewers = await viewersOf(hub, 'run', healthy);
    const before = await observe(hub, viewers);
    const maps = (seen: { maps: readonly number[] }) => seen.maps.length / healthy / flags.seconds;
    rows.push(
      ...timeRows(`${healthy} viewers: loss`, before.losses),
      ...timeRows(`${healthy} viewers: map`, before.maps),
      benchRow({ name: `${healthy} viewers: maps each`, unit: '1/s', ours: [maps(before)] }),
      ...timeRows(`${healthy} viewers: HTTP`, before.answers),
      benchRow({ name: `${healthy} viewers: hub memory`, unit: 'MB', ours: before.memory }),
      benchRow({ name: `${healthy} viewers: hub`, unit: 'cores', ours: [before.cores] }),
    );
    const stopped = await viewersOf(hub, 'run', stalled);
    for (const viewer of stopped) viewer.stall();
    const after = await observe(hub, viewers);
    const name = `${healthy} and ${stalled} stalled`;
    const more = (Math.max(...after.memory) - Math.max(...before.memory)) / stalled;
    rows.push(
      ...timeRows(`${name}: loss`, after.losses),
      ...timeRows(`${name}: map`, after.maps),
      benchRow({ name: `${name}: maps each`, unit: '1/s', ours: [maps(after)] }),
      ...timeRows(`${name}: HTTP`, after.answers),
      benchRow({ name: `${name}: hub memory`, unit: 'MB', ours: after.memory }),
      benchRow({ name: `${name}: hub`, unit: 'cores', ours: [after.cores] }),
      benchRow({ name: 'a stalled viewer', unit: 'MB', ours: [more], wanted: STALLED_WANTED_MB }),
    );
    for (const viewer of [...viewers, ...stopped]) viewer.close();
    await trainer.end();
    rows.push(...(await manyTrainers(hub)));
  } finally {
    await hub.stop();
    folder.remove();
  }
  return rows;
}

/** Every trainer has one viewer. */
async function manyTrainers(hub: MeasuredHub): Promise<BenchRow[]> {
  const names = Array.from({ length: flags.trainers }, (_, i) => `trainer${i}`);
  const trainers = await Promise.all(names.map((name) => trainerOf(hub, name)));
  const viewers = (await Promise.all(names.map((name) => viewersOf(hub, name, 1)))).flat();
  const seen = await observe(hub, viewers);
  for (const viewer of viewers) viewer.close();
  await Promise.all(trainers.map((trainer) => trainer.end()));
  const name = `${flags.trainers} trainers`;
  return [
    ...timeRows(
      `${name}: acknowledged`,
      trainers.flatMap(({ acknowledgements }) => acknowledgements),
    ),
    ...timeRows(`${name}: loss`, seen.losses),
    ...timeRows(`${name}: map`, seen.maps),
    ...timeRows(`${name}: HTTP`, seen.answers),
    benchRow({ name: `${name}: hub memory`, unit: 'MB', ours: seen.memory }),
    benchRow({ name: `${name}: hub`, unit: 'cores', ours: [seen.cores] }),
  ];
}

report('hub-load', flags.soak ? await soak(flags['soak-seconds']) : await load(), flags.json);
