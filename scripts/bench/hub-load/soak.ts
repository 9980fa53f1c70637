/** An hour of a hub's life with a fast clock: viewers come and go, some of them stall, runs come, end and are deleted. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { testFolder } from '#server/testing/product.js';
import { type BenchRow, benchRow, spreadOf } from '../report.js';
import { LightViewer } from './light-viewer.js';
import { startMeasuredHub, type Usage } from './measured-hub.js';
import { LOSS, startTrainer, type Trainer } from './trainer.js';

/** All in minutes of that hour. */
const HOUR = 60;
const RUN_LASTS = 2;
const KEPT_AFTER = 4;
const VIEWERS_A_MINUTE = 20;
const STALLED_A_MINUTE = 2;
const VIEWER_STAYS = 3;
const MAPS = ['conv1/preactivation', 'conv2/preactivation'];

interface Growth {
  readonly name: string;
  readonly unit: string;
  readonly of: (usage: Usage) => number;
}

const GROWTHS: readonly Growth[] = [
  { name: 'resident memory', unit: 'MB', of: ({ rss }) => rss },
  { name: 'heap', unit: 'MB', of: ({ heap }) => heap },
  { name: 'buffers', unit: 'MB', of: ({ external }) => external },
  { name: 'descriptors', unit: '', of: ({ descriptors }) => descriptors },
  { name: 'resources', unit: '', of: ({ resources }) => resources },
  { name: 'listeners', unit: '', of: ({ listeners }) => listeners },
];

/** How long the hub is left alone at the end, in which it closes what it holds of those who have left. */
const ALONE_MS = 30_000;
/** Memory that one collection frees may hold what the next one frees. */
const LOOKS = 3;

/**
 * Compares the last quarter of the hour with the second, and the hub that everybody has left with the one that nobody has
 * come to yet.
 * @param seconds how long the hour takes
 */
export async function soak(seconds: number): Promise<BenchRow[]> {
  const folder = testFolder();
  const speed = 3600 / seconds;
  const hub = await startMeasuredHub(folder.logdir, speed);
  const usages: Usage[] = [];
  const alone: Usage[] = [];
  const runs: { name: string; trainer: Trainer | null; begun: number }[] = [];
  const viewers: { viewer: LightViewer; begun: number }[] = [];
  try {
    alone.push(await hub.usage());
    for (let minute = 0; minute < HOUR; minute++) {
      const name = `run${minute}`;
      const { url, token } = hub;
      const trainer = await startTrainer({
        ...{ url, token, run: name, stepsPerSecond: 20, maps: MAPS, mapBytes: 16_384 },
      });
      runs.push({ name, trainer, begun: minute });
      for (let i = 0; i < VIEWERS_A_MINUTE; i++) {
        const viewer = new LightViewer({ port: hub.port, run: name, tags: MAPS, timed: LOSS });
        await viewer.open();
        if (i < STALLED_A_MINUTE) viewer.stall();
        viewers.push({ viewer, begun: minute });
      }
      await delay((seconds / HOUR) * 1000);
      for (const run of runs) {
        if (minute - run.begun >= RUN_LASTS) {
          await run.trainer?.end();
          run.trainer = null;
        }
        if (minute - run.begun === RUN_LASTS + KEPT_AFTER)
          await rm(join(hub.logdir, run.name), { recursive: true });
      }
      while (viewers[0] && minute - viewers[0].begun >= VIEWER_STAYS) viewers.shift()?.viewer.close();
      usages.push(await hub.usage());
    }
    for (const { trainer } of runs) await trainer?.end();
    for (const { viewer } of viewers) viewer.close();
    for (const { name } of runs) await rm(join(hub.logdir, name), { recursive: true, force: true });
    for (let look = 0; look < LOOKS; look++) {
      await delay(ALONE_MS / LOOKS);
      alone[1] = await hub.usage();
    }
  } finally {
    await hub.stop();
    folder.remove();
  }
  const quarter = (number: number) => usages.slice((number * HOUR) / 4, ((number + 1) * HOUR) / 4);
  return GROWTHS.flatMap(({ name, unit, of }) => {
    const [second, last] = [quarter(1).map(of), quarter(3).map(of)];
    const before = spreadOf(second).median;
    return [
      benchRow({ name: `${name}, second quarter of an hour`, unit, ours: second }),
      benchRow({ name: `${name}, last quarter`, unit, ours: last }),
      benchRow({
        name: `${name}, last quarter ÷ second`,
        unit: '×',
        ours: last.map((value) => value / before),
        wanted: 1.1,
      }),
      benchRow({ name: `${name}, before anybody came`, unit, ours: alone.slice(0, 1).map(of) }),
      benchRow({ name: `${name}, after everybody has left`, unit, ours: alone.slice(1).map(of) }),
    ];
  });
}
