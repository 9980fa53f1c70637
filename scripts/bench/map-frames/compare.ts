/** The page of comparisons: another capture of B, other limits of colours, the divider of a swipe, and held keys. */
import { type BenchRow, benchRow } from '../report.js';
import { FRAME_MS, type GridSize, nameOf, runOf, STEPS } from './grids.js';
import { CAPTURES, EVERY } from './scrubbing.js';
import { MAPS_TAG, quantile, redraw, untilCompared, type WatchedPage } from './watched-page.js';

const KEYS = 40;

const hashOf = (run: string, a: number, b: number, change = '') =>
  `#compare?a=${run}@${a}&b=${run}@${b}&layer=conv1${change}`;

export const comparedGrid = (size: GridSize) => hashOf(runOf(size), STEPS[0]!, STEPS[1]!);
export const comparedScrub = (run: string) => hashOf(run, 0, EVERY);

export async function compare(watched: WatchedPage, size: GridSize, rounds: number): Promise<BenchRow[]> {
  const { page } = watched;
  const [from = 0, ...later] = STEPS;
  const at = (b: number, change = '') => hashOf(runOf(size), from, b, change);
  const done = { update: [] as number[], recolour: [] as number[], swipe: [] as number[] };
  const cpu = { update: 0, recolour: 0, swipe: 0 };
  const measure = async (what: keyof typeof done, hash: string) => {
    cpu[what] += await watched.cpu(async () => {
      done[what].push(await redraw(page, hash));
      await untilCompared(page);
    });
  };
  // Everything has been decoded when it has been shown once.
  for (const step of later.toReversed().slice(0, -1)) {
    await redraw(page, at(step));
    await untilCompared(page);
  }
  await redraw(page, at(later[0]!));
  await untilCompared(page);
  for (let round = 0; round < rounds; round++) {
    for (const step of [...later.slice(1), later[0]!]) await measure('update', at(step));
    for (const high of later.map((_, index) => 1 + index * 0.25 + round * 0.01))
      await measure('recolour', at(later[0]!, `&limits=0,${high}`));
    await redraw(page, at(later[0]!, '&show=swipe&swipe=100'));
    // Places that are apart on maps of two pixels as well.
    for (const swipe of [0, 50, 100]) await measure('swipe', at(later[0]!, `&show=swipe&swipe=${swipe}`));
    await redraw(page, at(later[0]!));
    await untilCompared(page);
  }
  const name = `compare ${nameOf(size)}`;
  const count = later.length * rounds;
  return (
    [
      ['update', 'another step'],
      ['recolour', 'other limits'],
      ['swipe', 'another divider'],
    ] as const
  ).flatMap(([what, text]) => [
    benchRow({ name: `${name}: ${text} → frame`, unit: 'ms', ours: done[what], wanted: FRAME_MS }),
    benchRow({ name: `${name}: ${text}, CPU`, unit: 'ms', ours: [cpu[what] / count] }),
  ]);
}

/** Presses the key of the next capture of B again and again, each time when the one before has been drawn. */
export async function scrubCompared(watched: WatchedPage, rounds: number): Promise<BenchRow[]> {
  const { page } = watched;
  const [cold, warm]: [number[], number[]] = [[], []];
  const cpu = { cold: 0, warm: 0 };
  let step = EVERY;
  /** Returns how many milliseconds after the key its capture was drawn. */
  const press = (key: 'ArrowRight' | 'ArrowLeft') => {
    step += key === 'ArrowRight' ? EVERY : -EVERY;
    return page.evaluate(
      ([pressed, tag, wanted]) =>
        new Promise<number>((resolve) => {
          const begun = performance.now();
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true }));
          const look = () => {
            const drawn = window.__convscope?.drawn[tag];
            if (drawn?.step === wanted) resolve(drawn.at - performance.timeOrigin - begun);
            else setTimeout(look, 1);
          };
          look();
        }),
      [key, MAPS_TAG, step] as const,
    );
  };
  for (let round = 0; round < rounds && step + KEYS * EVERY < CAPTURES * EVERY; round++) {
    cpu.cold += await watched.cpu(async () => {
      for (let key = 0; key < KEYS; key++) cold.push(await press('ArrowRight'));
    });
    cpu.warm += await watched.cpu(async () => {
      for (let key = 0; key < KEYS / 2; key++) warm.push(await press('ArrowLeft'));
      for (let key = 0; key < KEYS / 2; key++) warm.push(await press('ArrowRight'));
    });
  }
  return (['cold', 'warm'] as const).flatMap((kind) => {
    const all = kind === 'cold' ? cold : warm;
    const name = `compare, key, captures ${kind === 'cold' ? 'not seen yet' : 'seen before'}`;
    return [
      benchRow({ name: `${name} → frame, p50`, unit: 'ms', ours: [quantile(all, 0.5)] }),
      benchRow({ name: `${name} → frame, p95`, unit: 'ms', ours: [quantile(all, 0.95)], wanted: 33 }),
      benchRow({ name: `${name}: CPU of the main thread`, unit: 'ms', ours: [cpu[kind] / all.length] }),
    ];
  });
}
