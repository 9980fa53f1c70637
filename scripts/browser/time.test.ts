/** One channel over all captures, scrubbing, and large maps in small tiles. */
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { writeMapsLog } from '../bench/map-frames/maps-logs.js';
import { axeViolations } from './harness/axe-violations.js';
import { untilDrawn } from './harness/until-drawn.js';
import { tensor, writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

const CAPTURES = 60;
const EVERY = 10;
const LAST = (CAPTURES - 1) * EVERY;
const SIDE = 512;
/** One pixel of one channel. */
const HOT = { channel: 5, y: 301, x: 18, value: -9 };
const STRIP = '[role=slider][aria-label^="Captures of"]';
const STEP = '[role=slider][aria-label=Step]';
const SHOWN = 'canvas[data-grid=output]';

describe('the time of a run', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    const layers = [{ name: 'conv1', channels: 6, side: 8 }];
    writeMapsLog(logdir, { run: 'net', captures: CAPTURES, every: EVERY, probes: 2, layers });
    const hot = (HOT.channel * SIDE + HOT.y) * SIDE + HOT.x;
    writeLog(logdir, 'large', [
      tensor('enc1/output', 0, [6, SIDE, SIDE], (at) => (at === hot ? HOT.value : 0)),
      tensor('enc1/input', 0, [3, SIDE, SIDE], (at) => at % SIDE),
    ]);
  });

  it('is a strip of one channel over all captures, which is walked by keys and by clicks', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=net&layer=conv1&step=100&ch=2`);
    await page.getByRole('button', { name: 'show', exact: true }).click();
    const strip = page.locator(STRIP);
    const step = () => page.locator(SHOWN).getAttribute('data-step');
    const drawn = async () => Number(await strip.locator('canvas').getAttribute('data-drawn'));
    await until(async () => (await drawn()) >= 12, 'the captures in view');
    // The address is written a moment later.
    const written = () => new URLSearchParams(page.url().split('?')[1]).get('strip');
    await until(() => written() === '1', 'the strip in the address');
    expect(await strip.getAttribute('aria-valuetext')).toBe('step 100');
    // No more than the rows in view.
    expect(await drawn()).toBeLessThan(CAPTURES);

    await strip.focus();
    await page.keyboard.press('ArrowRight');
    await until(async () => (await step()) === '110', 'the next capture');
    await page.keyboard.press('End');
    await until(async () => (await step()) === String(LAST), 'the last capture');
    const inView = () => strip.locator('canvas').getAttribute('data-steps');
    await expect.poll(inView).toMatch(new RegExp(`,${LAST}$`));
    await page.keyboard.press('Home');
    await until(async () => (await step()) === '0', 'the first capture');
    // A click goes to the capture that is drawn where it falls, and the strip may still be where it was.
    await expect.poll(inView).toMatch(/^0,/);
    await strip.click({ position: { x: 60, y: 20 } });
    await expect.poll(step).toBe('10');
    await untilDrawn(page);
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });

  it('rests at the capture where the pointer rests, however fast it was dragged', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=net&layer=conv1&step=50`);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const box = (await page.locator(STEP).boundingBox())!;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + 0.2 * box.width, y);
    await page.mouse.down();
    for (let move = 1; move <= 30; move++) await page.mouse.move(box.x + (0.2 + 0.02 * move) * box.width, y);
    await page.mouse.up();
    const at = async () => Number(await page.locator(STEP).getAttribute('aria-valuenow'));
    await untilDrawn(page);
    await until(
      async () => Number(await page.locator(SHOWN).getAttribute('data-step')) === (await at()),
      'the capture where the pointer rests',
    );
    expect(await at()).toBeGreaterThan(300);
    expect((await at()) % EVERY).toBe(0);
    // Several captures come with one request.
    expect(asked).toContain('POST /api/events');
    const before = (await at()) - EVERY;
    await page.keyboard.press('ArrowLeft');
    await until(
      async () => Number(await page.locator(SHOWN).getAttribute('data-step')) === before,
      'the capture before it',
    );
    await assertClean();
  });

  it('shows a single hot pixel of a 512×512 map in its reduced tile, and answers for that pixel', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=large&layer=enc1`);
    const grid = page.locator(SHOWN);
    const factor = Number(await grid.getAttribute('data-reduced'));
    expect(factor).toBeGreaterThan(1);
    expect(await page.locator('.pane.output .maps-in-view').innerText()).toContain(
      `reduced: 1 pixel for ${factor}×${factor}`,
    );
    const place = await grid.evaluate(
      (canvas, { channel, y, x }) => {
        const { dataset } = canvas as HTMLCanvasElement;
        const pair = (key: string) => (dataset[key] ?? '').split(',').map(Number) as [number, number];
        const [[pitchX, pitchY], [insetX, insetY]] = [pair('pitch'), pair('inset')];
        const [columns, zoom] = [Number(dataset['columns']), Number(dataset['zoom'])];
        const left = (channel % columns) * pitchX + insetX + (x + 0.5) * zoom;
        const top = Math.floor(channel / columns) * pitchY + insetY + (y + 0.5) * zoom;
        const context = (canvas as HTMLCanvasElement).getContext('2d')!;
        const unit = Number(dataset['unit']);
        const colour = (dx: number) => [
          ...context.getImageData(Math.floor(left / unit) + dx, Math.floor(top / unit), 1, 1).data,
        ];
        const box = canvas.getBoundingClientRect();
        return { x: box.left + left, y: box.top + top, hot: colour(0), beside: colour(4) };
      },
      { channel: HOT.channel, y: HOT.y, x: HOT.x },
    );
    expect(place.hot).not.toEqual(place.beside);
    await page.mouse.move(Math.floor(place.x), Math.floor(place.y));
    expect(await page.locator('.tooltip').innerText()).toContain(
      `out ${HOT.channel}, y ${HOT.y}, x ${HOT.x}`,
    );
    await page.mouse.move(0, 0);
    // The narrow pane of the input shows all its maps, too.
    const input = page.locator('canvas[data-grid=input]');
    await until(async () => Number(await input.getAttribute('data-reduced')) > 1, 'the reduced input');
    expect(await page.locator('.pane.input .maps-in-view').innerText()).toMatch(/^reduced: 1 pixel for/);
    // At a chosen zoom every pixel is there.
    await page.getByRole('button', { name: 'Larger tiles' }).click();
    await until(async () => (await grid.getAttribute('data-reduced')) === '1', 'whole maps');
    expect(await grid.getAttribute('data-zoom')).toBe('1');
    await assertClean();
  });
});
