/** Grids of up to 4,096 maps: another step, other limits of colours, another zoom, and scrolling. */
import { type BenchRow, benchRow } from '../report.js';
import { redraw, untilShown, type WatchedPage } from './watched-page.js';

/** [maps, side of each]. Maps of a single pixel are drawn as bars, not as a grid. */
export const GRIDS = [
  [64, 32],
  [256, 16],
  [1024, 8],
  [4096, 8],
  [4096, 2],
  [16, 512],
] as const;
export type GridSize = (typeof GRIDS)[number];
/** Captures of the grids' runs. */
export const STEPS = [0, 10, 20, 30];
const SCROLLED_FRAMES = 60;
/** A frame of a screen that shows 60 a second. */
export const FRAME_MS = 16.7;

export const runOf = ([maps, side]: GridSize) => `grid-${maps}-${side}`;
export const nameOf = ([maps, side]: GridSize) => `${maps.toLocaleString('en-US')} maps of ${side}×${side}`;

export async function grid(watched: WatchedPage, size: GridSize, rounds: number): Promise<BenchRow[]> {
  const { page } = watched;
  const hash = await page.evaluate(() => location.hash);
  const at = (change: string) => `${hash.replace(/&step=\d+/, '')}&${change}`;
  const [update, recolour, zoom, scroll]: [number[], number[], number[], number[]] = [[], [], [], []];
  const cpu = { update: 0, recolour: 0, zoom: 0 };
  // All captures have been decoded when each has been shown once. The first is shown already, and would not be drawn anew.
  for (const step of STEPS.slice(1)) {
    await redraw(page, at(`step=${step}`));
    await untilShown(page);
  }
  for (let round = 0; round < rounds; round++) {
    for (const step of STEPS)
      cpu.update += await watched.cpu(async () => update.push(await redraw(page, at(`step=${step}`))));
    for (const high of STEPS.map((_, index) => 1 + index * 0.25 + round * 0.01))
      cpu.recolour += await watched.cpu(async () =>
        recolour.push(await redraw(page, at(`step=${STEPS.at(-1)}&output-limits=0,${high}`))),
      );
    for (const level of [3, 5, 4, 2])
      cpu.zoom += await watched.cpu(async () =>
        zoom.push(await redraw(page, at(`step=${STEPS.at(-1)}&zoom=${level}`))),
      );
    await redraw(page, at(`step=${STEPS.at(-1)}&zoom=4&lock=channel`));
    scroll.push(
      (await watched.cpu(() =>
        page.evaluate(async (frames) => {
          const box = document.querySelector('.pane.output .map-scroll');
          for (let frame = 0; frame < frames; frame++) {
            if (box !== null) box.scrollTop += 90;
            await new Promise((resolve) => requestAnimationFrame(resolve));
          }
          if (box !== null) box.scrollTop = 0;
        }, SCROLLED_FRAMES),
      )) / SCROLLED_FRAMES,
    );
  }
  const name = nameOf(size);
  const count = STEPS.length * rounds;
  const row = (what: string, ours: readonly number[], wanted?: number) =>
    benchRow({ name: `${name}: ${what}`, unit: 'ms', ours, ...(wanted === undefined ? {} : { wanted }) });
  return [
    row('another step → frame', update, FRAME_MS),
    row('another step, CPU', [cpu.update / count]),
    row('other limits → frame', recolour, FRAME_MS),
    row('other limits, CPU', [cpu.recolour / count]),
    row('another zoom → frame', zoom, FRAME_MS),
    row('another zoom, CPU', [cpu.zoom / count]),
    row('a frame of scrolling, CPU', scroll, FRAME_MS),
  ];
}
