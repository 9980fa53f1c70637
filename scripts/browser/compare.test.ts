/**
 * The page of comparisons: two captures of one run, or of two runs, and what has changed from one to the other. One file, because
 * the same captures are compared in every way that the page knows, and checked against the maps that their trainer wrote.
 */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { trainerMaps } from './support/convscope.js';
import { readGrid } from './support/grid.js';
import { scalar, tensor, writeLog } from './support/logs.js';
import { hashOf } from './support/run-page.js';
import { copyRunWithGradients, useBrowser, useHub } from './support/test-browser.js';

/** conv1 of the default net: 16 channels of 32×32, for 8 probe pictures. */
const CONV1 = { channels: 16, height: 32, width: 32, probes: 8 };

/** [2 pictures, 4 channels, 6, 6] of a run whose channels stand in another order; `order[i]` is the channel at place i. */
function shuffled(order: readonly number[]) {
  return tensor('conv1/output', 5, [2, order.length, 6, 6], (at) => {
    const [picture, channel] = [Math.floor(at / (order.length * 36)), Math.floor(at / 36) % order.length];
    const place = at % 36;
    return Math.sin((order[channel]! + 1) * (place + 1) * 0.37 + picture) + order[channel]!;
  });
}

const number = (text: string) => Number(text.replaceAll(',', '').replaceAll('−', '-'));

/** What "≈ −0.20 ± 0.03" or "0.250" allows. */
function interval(text: string): { readonly lo: number; readonly hi: number } {
  const [, value = '', margin = '0'] = /^(?:≈ )?([+−]?[\d.e−]+)(?: ± ([\d.e−]+))?$/.exec(text.trim()) ?? [];
  const [middle, bound] = [number(value), number(margin)];
  // An exact number is rounded to what is shown.
  const slack = bound === 0 ? 1e-4 + Math.abs(middle) * 1e-4 : 1e-9;
  return { lo: middle - bound - slack, hi: middle + bound + slack };
}

function expectHeld(text: string, truth: number): void {
  const { lo, hi } = interval(text);
  expect(truth, text).toBeGreaterThanOrEqual(lo);
  expect(truth, text).toBeLessThanOrEqual(hi);
}

const canvas = (page: Page, grid: string) => page.locator(`canvas[data-grid=${grid}]`);
const factsOf = (page: Page, grid: string) =>
  canvas(page, grid).evaluate((element) => ({ ...(element as HTMLElement).dataset }));
const orderOf = async (page: Page, grid: string) =>
  ((await factsOf(page, grid))['order'] ?? '').split(',').map(Number);
const notices = async (page: Page) => (await page.locator('.compare-notice').allInnerTexts()).join('\n');
/** The texts beside their names in a list of values. */
const valuesIn = async (page: Page, section: string) => {
  const list = page.getByRole('region', { name: section }).locator('dl');
  const [names, values] = [
    await list.locator('dt').allInnerTexts(),
    await list.locator('dd').allInnerTexts(),
  ];
  return new Map(names.map((name, at) => [name.trim(), values[at]!]));
};

describe('the page of comparisons', () => {
  const browser = useBrowser();
  const hub = useHub(async (folder) => {
    await copyRunWithGradients(folder, 'net');
    writeLog(folder.logdir, 'ordered', [shuffled([0, 1, 2, 3])]);
    writeLog(folder.logdir, 'shuffled', [shuffled([2, 0, 3, 1])]);
    writeLog(folder.logdir, 'more', [shuffled([4, 2, 0, 3, 5, 1])]);
    writeLog(folder.logdir, 'scalars', [scalar('loss', 0, 1)]);
    writeLog(
      folder.logdir,
      'large',
      [0, 1].map((step) =>
        // Of 256 × 256 pixels.
        tensor('enc/output', step, [3, 256, 256], (at) =>
          step === 1 && at >> 16 === 2 ? Number.NaN : at % 7,
        ),
      ),
    );
  });
  const show = (hash: string, options?: { width: number; height: number; theme?: 'light' | 'dark' }) =>
    browser.show(`${hub.url}${hash}`, options);
  const truth = (step: number, role = 'preactivation') => {
    const maps = trainerMaps(hub.folder.maps, 'conv1', role, step);
    return (probe: number, channel: number, y: number, x: number) =>
      maps[((probe * CONV1.height + y) * CONV1.width + x) * CONV1.channels + channel]!;
  };

  it('shows two captures and their difference, with the bounds of both', async () => {
    const { page, assertClean } = await show(
      '#compare?a=net@0&b=net@20&layer=conv1&view=conv&ch=3&y=10&x=13',
    );
    const [ofA, ofB] = [truth(0), truth(20)];
    const values = await valuesIn(page, 'Values at a place');
    expectHeld(values.get('A')!, ofA(0, 3, 10, 13));
    expectHeld(values.get('B')!, ofB(0, 3, 10, 13));
    expectHeld(values.get('B − A')!, ofB(0, 3, 10, 13) - ofA(0, 3, 10, 13));
    expect(values.get('B − A')).toMatch(/^≈ .+ ± /);

    // Both sides have the same colours for the same value, and the difference is symmetric about 0.
    const [a, b, difference] = [
      await factsOf(page, 'a'),
      await factsOf(page, 'b'),
      await factsOf(page, 'difference'),
    ];
    expect([a['step'], b['step']]).toEqual(['0', '20']);
    expect([a['lo'], a['hi']]).toEqual([b['lo'], b['hi']]);
    expect(Number(difference['lo'])).toBe(-Number(difference['hi']));
    const grid = await readGrid(page, 'difference', CONV1);
    let compared = 0;
    for (let channel = 0; channel < CONV1.channels; channel++)
      for (let y = 0; y < CONV1.height; y++)
        for (let x = 0; x < CONV1.width; x++) {
          const share = (ofB(0, channel, y, x) - ofA(0, channel, y, x)) / grid.hi;
          const [red, , blue] = grid.at(channel, y, x);
          // Grey: within the bounds of both.
          if (Math.abs(share) < 0.2 || Math.abs(red - blue) < 16) continue;
          expect(Math.sign(red - blue)).toBe(Math.sign(share));
          compared++;
        }
    expect(compared).toBeGreaterThan(100);
    await assertClean();
  });

  it('measures every channel over all pictures, and sorts by it', async () => {
    const { page } = await show('#compare?a=net@0&b=net@20&layer=conv1&view=conv&ch=3');
    const [ofA, ofB] = [truth(0), truth(20)];
    const measured = Array.from({ length: CONV1.channels }, (_, channel) => {
      let [sum, squaresA, squaresB] = [0, 0, 0];
      for (let probe = 0; probe < CONV1.probes; probe++)
        for (let y = 0; y < CONV1.height; y++)
          for (let x = 0; x < CONV1.width; x++) {
            const [a, b] = [ofA(probe, channel, y, x), ofB(probe, channel, y, x)];
            sum += Math.abs(b - a);
            squaresA += a * a;
            squaresB += b * b;
          }
      const places = CONV1.probes * CONV1.height * CONV1.width;
      return { absolute: sum / places, norm: Math.abs(Math.sqrt(squaresB) - Math.sqrt(squaresA)) };
    });
    const values = await valuesIn(page, 'The chosen channel');
    expectHeld(values.get('mean |B − A|')!, measured[3]!.absolute);
    const largest = (key: 'absolute' | 'norm') =>
      measured.reduce((best, one, channel) => (one[key] > measured[best]![key] ? channel : best), 0);
    // Channels are sorted by what is certain, so those that differ by less than their bounds may change places.
    const isNearLargest = async (key: 'absolute' | 'norm') => {
      const [top = -1] = await orderOf(page, 'a');
      return measured[top]![key] >= 0.8 * measured[largest(key)]![key];
    };
    expect(await isNearLargest('absolute')).toBe(true);
    expect(await orderOf(page, 'b')).toEqual(await orderOf(page, 'difference'));
    await page.keyboard.press('o');
    await page.keyboard.press('o');
    await until(async () => (await hashOf(page)).includes('sort=norm'), 'the order by norm');
    expect(await isNearLargest('norm')).toBe(true);
    await page.keyboard.press('j');
    const second = (await orderOf(page, 'a'))[(await orderOf(page, 'a')).indexOf(3) + 1];
    if (second !== undefined)
      await until(async () => (await hashOf(page)).includes(`ch=${second}`), 'the next channel');
    const layers = page.getByRole('region', { name: 'Layers by change' }).getByRole('button');
    expect(await layers.count()).toBe(4);
    expect(await layers.first().innerText()).toMatch(/conv\d\s+[\d.]+ %/);
  });

  it('marks the same place in all grids, and scrolls and zooms them together', async () => {
    const { page } = await show('#compare?a=net@0&b=net@20&layer=conv1&view=conv&zoom=6&sort=index');
    await canvas(page, 'a').hover({ position: { x: 33, y: 16 + 45 } });
    const spots = () =>
      Promise.all(['a', 'b', 'difference'].map(async (grid) => (await factsOf(page, grid))['spot']));
    await until(async () => (await spots()).every((spot) => spot === '0,7,5'), 'the place in all grids');
    const tip = page.locator('.tooltip');
    await tip.waitFor();
    expect(await tip.innerText()).toContain('out 0, y 7, x 5');
    const values = await valuesIn(page, 'Values at a place');
    expectHeld(values.get('B − A')!, truth(20)(0, 0, 7, 5) - truth(0)(0, 0, 7, 5));
    const scrolls = () =>
      page.locator('.compare-panes .map-scroll').evaluateAll((boxes) => boxes.map((box) => box.scrollTop));
    await page.mouse.wheel(0, 120);
    await until(async () => (await scrolls()).every((top) => top > 0), 'all grids to scroll');
    expect(new Set(await scrolls()).size).toBe(1);
    await page.getByRole('button', { name: 'Larger maps' }).click();
    await until(async () => (await factsOf(page, 'b'))['zoom'] === '7', 'the larger maps');
    expect((await factsOf(page, 'a'))['zoom']).toBe('7');
    expect((await factsOf(page, 'difference'))['zoom']).toBe('7');
  });

  it('shows both in turn, and beside each other in each map', async () => {
    const { page } = await show('#compare?a=net@0&b=net@20&layer=conv1&view=conv&show=blink&zoom=2');
    const step = async () => (await factsOf(page, 'blink'))['step'];
    const shownSide = () => page.locator('[aria-label="Side that is shown"] [aria-pressed=true]').innerText();
    const first = await shownSide();
    await until(async () => (await shownSide()) !== first, 'the other side');
    expect(await step()).toBeDefined();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'hold', pressed: true }).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'hold', pressed: false }).waitFor();

    await page.keyboard.press('d');
    await canvas(page, 'swipe').waitFor();
    const read = async () => {
      const grid = await readGrid(page, 'swipe', CONV1);
      return [grid.at(0, 16, 4), grid.at(0, 16, 28)].map(String);
    };
    const line = page.getByRole('slider', { name: 'Part of each map that shows A' });
    await line.fill('100');
    const ofA = await read();
    await line.fill('0');
    const ofB = await read();
    await line.fill('50');
    expect(await read()).toEqual([ofA[0], ofB[1]]);
  });

  it('matches the channels of two runs on request, and says how', async () => {
    const { page } = await show('#compare?a=ordered@5&b=shuffled@5&ch=1');
    expect(await notices(page)).toContain('conv1 of A and conv1 of B have maps of the same shape, 4 × 6×6');
    expect(await notices(page)).toContain('do not say whether A and B show the same pictures');
    await page.keyboard.press('m');
    await until(
      async () => (await notices(page)).includes('Beside channel 1, B shows channel 3'),
      'the match',
    );
    expect(await notices(page)).toContain('correlation 1.00');
    expect(await notices(page)).toContain('on these 2 pictures');
    const rows = page.getByRole('region', { name: 'Channels by change' }).getByRole('button');
    await until(
      async () => (await rows.allInnerTexts()).every((text) => /\b0$/.test(text.trim())),
      'no change',
    );
    expect((await valuesIn(page, 'The chosen channel')).get('mean |B − A|')).toBe('0.000');
    await until(async () => (await hashOf(page)).includes('match=1'), 'the match in the address');
    await page.getByRole('button', { name: 'Exchange A and B' }).click();
    await until(
      async () => (await notices(page)).includes('Beside channel 3, B shows channel 1'),
      'the exchange',
    );
  });

  it('compares layers with different numbers of channels once they are matched', async () => {
    const { page } = await show('#compare?a=more@5&b=ordered@5');
    expect(await notices(page)).toContain('A has 6 maps and B has 4');
    await page.getByRole('button', { name: 'match channels' }).click();
    await until(async () => (await orderOf(page, 'difference')).length === 4, 'the pairs');
    expect([...(await orderOf(page, 'a'))].sort()).toEqual([1, 2, 3, 5]);
  });

  it('says why maps have no difference, and what is shown in place of what is not there', async () => {
    const { page } = await show('#compare?a=net@0&b=ordered@5');
    expect(await notices(page)).toContain(
      'The maps of A are 16 × 32×32 and those of B 4 × 6×6: their places do not correspond',
    );
    expect((await valuesIn(page, 'Values at a place')).get('B − A')).toBe('not compared');
    await show('#compare?a=net@7&b=net@20&layer=conv9');
    expect(await notices(page)).toContain('Nothing was captured at step 7: A shows step 0');
    expect(await notices(page)).toContain('has no maps of a layer “conv9”: conv1 is shown');
    await show('#compare?a=nowhere@7&b=net@20');
    expect(await page.locator('.compare-absent').innerText()).toContain('there is no run “nowhere”');
    await show('#compare?a=scalars&b=net@20');
    expect(await page.locator('.compare-absent').innerText()).toContain('nothing was captured in this run');
    await show('#compare?a=ordered@5&b=ordered@5&view=gradient');
    const same = await valuesIn(page, 'Values at a place');
    expect(same.get('B − A')).toBe('0.000');
    expect(await page.getByRole('region', { name: 'Values at a place' }).innerText()).toContain('equal');
  });

  it('reduces large maps until all are in view, and measures nothing of a channel that is NaN everywhere', async () => {
    const { page } = await show('#compare?a=large@0&b=large@1&ch=2');
    for (const grid of ['a', 'b', 'difference'])
      expect(Number((await factsOf(page, grid))['reduced']), grid).toBeGreaterThan(1);
    expect(await page.locator('.compare-body .maps-in-view').first().innerText()).toMatch(
      /^reduced: 1 pixel/,
    );
    expect(await page.getByRole('region', { name: 'The chosen channel' }).innerText()).toContain(
      'A or B is NaN or infinite at each of its places',
    );
    const rows = page.getByRole('region', { name: 'Channels by change' }).getByRole('button');
    expect((await rows.first().innerText()).replaceAll(/\s+/g, ' ')).toBe('out 2 not finite');
  });

  it('compares kernels and gradients', async () => {
    const { page } = await show('#compare?a=net@0&b=net@20&layer=conv1&view=kernels');
    expect((await factsOf(page, 'a'))['tag']).toBe('conv1/weight');
    expect((await valuesIn(page, 'The chosen channel')).get('norm of A')).toMatch(/^[\d.]+$/);
    expect(await page.getByRole('region', { name: 'Values at a place' }).innerText()).toMatch(
      /^At the marked weight\s+in \d to out 0, ky \d, kx \d/,
    );
    await show('#compare?a=net@0&b=net@20&layer=conv1&view=gradient&ch=2&y=4&x=5');
    const values = await valuesIn(page, 'Values at a place');
    const [ofA, ofB] = [truth(0, 'gradient'), truth(20, 'gradient')];
    expectHeld(values.get('B − A')!, ofB(0, 2, 4, 5) - ofA(0, 2, 4, 5));
  });

  it('compares what a layer reads, and layers that are computed from logged ones', async () => {
    const pooled = (of: ReturnType<typeof truth>, probe: number, channel: number, y: number, x: number) =>
      Math.max(0, ...[0, 1].flatMap((dy) => [0, 1].map((dx) => of(probe, channel, 2 * y + dy, 2 * x + dx))));
    const [ofA, ofB] = [truth(0), truth(20)];
    const expected = [pooled(ofA, 2, 5, 3, 7), pooled(ofB, 2, 5, 3, 7)] as const;
    const place = 'a=net@0&b=net@20&ch=5&y=3&x=7&probe=2';
    for (const layer of ['layer=conv2&view=input', 'layer=pool1']) {
      const { page } = await show(`#compare?${place}&${layer}`);
      const values = await valuesIn(page, 'Values at a place');
      expectHeld(values.get('A')!, expected[0]);
      expectHeld(values.get('B')!, expected[1]);
      expectHeld(values.get('B − A')!, expected[1] - expected[0]);
      expect((await valuesIn(page, 'The chosen channel')).get('mean |B − A|')).toMatch(/\d/);
      expect(await page.getByRole('region', { name: 'The chosen channel' }).innerText()).toContain(
        'over 8 pictures',
      );
    }
    const { page } = await show(`#compare?${place}&layer=conv2&view=input`);
    expect(await page.getByRole('region', { name: 'Values at a place' }).innerText()).toContain(
      'in 5, y 3, x 7',
    );
    await page.getByRole('button', { name: 'match channels' }).click();
    await until(async () => (await notices(page)).includes('Beside channel 5, B shows channel'), 'the match');
  });

  it('scrolls in a low window instead of leaving the grids no room', async () => {
    const { page } = await show('#compare?a=net@0&b=net@20&layer=conv1', { width: 1280, height: 360 });
    const body = page.locator('.compare-body');
    await canvas(page, 'difference').waitFor();
    expect((await body.boundingBox())?.height).toBeGreaterThanOrEqual(320);
    await body.evaluate((element) => element.scrollIntoView({ block: 'end' }));
    const { y, height } = (await body.boundingBox())!;
    expect(y + height).toBeLessThanOrEqual(360);
  });

  it('chooses the first and the newest capture, and keeps them in the address', async () => {
    const { page } = await show('#compare?a=net');
    await until(async () => (await hashOf(page)).includes('a=net@0&b=net@20'), 'the steps in the address');
  });

  it.each([
    ['light', 1440, 900],
    ['dark', 400, 860],
  ] as const)('passes axe in the %s theme at %i pixels', async (theme, width, height) => {
    const { page } = await show('#compare?a=net@0&b=net@20&match=1', { theme, width, height });
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  it('opens from the run page in one click or by key, and Back leads there', async () => {
    const { page } = await show('#run?run=net&layer=conv2&step=20');
    const link = page.getByRole('link', { name: 'Which channels have changed most from step 0 to 20' });
    await link.click();
    await until(async () => (await canvas(page, 'difference').count()) > 0, 'the comparison');
    expect(await hashOf(page)).toContain('#compare?a=net@0&layer=conv2&b=net@20');
    await page.goBack();
    await link.waitFor();
    await page.keyboard.press('Shift+C');
    await until(async () => (await canvas(page, 'difference').count()) > 0, 'the comparison by key');
    await page.keyboard.press('ArrowLeft');
    await until(async () => (await factsOf(page, 'b'))['step'] === '10', 'the capture before');
    await page.keyboard.press(']');
    await until(async () => (await factsOf(page, 'a'))['layer'] === 'conv3', 'the next layer');
    await page.goBack();
    await until(async () => (await factsOf(page, 'a'))['layer'] === 'conv2', 'the layer before');
  });
});
