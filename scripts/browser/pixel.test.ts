/**
 * One number a pixel: what the page says of a value holds the exact one, and what an address says is checked. One file, because
 * its numbers are compared with those of one small net, which is computed once.
 */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { readGrid } from './support/grid.js';
import { tensor, writeLog } from './support/logs.js';
import { settled } from './support/run-page.js';
import { SMALL_NET, type SmallNet, writeNonFiniteRun, writeSmallNet } from './support/small-net.js';
import { type ShowOptions, useBrowser, useHub } from './support/test-browser.js';

declare global {
  interface Window {
    /** What has been written on canvases. */
    drawnTexts: string[];
  }
}

/** "≈ −0.249 ± 0.082" as numbers. */
function numberOf(text: string): { value: number; margin: number; approximate: boolean } {
  const plain = text.replaceAll('−', '-');
  const [, sign, value, margin] = /(≈ )?(-?[\d.]+(?:e-?\d+)?)(?: ± ([\d.]+(?:e-?\d+)?))?/.exec(plain) ?? [];
  if (value === undefined) throw new Error(`No number in “${text}”.`);
  return { value: Number(value), margin: Number(margin ?? 0), approximate: sign !== undefined };
}

const headline = (page: Page) => page.locator('.pixel-number');
const problems = (page: Page) => page.locator('[data-address-problems]');

/** The colour of every pixel of input and output. */
async function coloursOf(page: Page): Promise<string[]> {
  const colours: string[] = [];
  for (const [name, channels] of [
    ['input', SMALL_NET.conv1],
    ['output', SMALL_NET.conv2],
  ] as const) {
    const grid = await readGrid(page, name, { height: SMALL_NET.size, width: SMALL_NET.size });
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < SMALL_NET.size; y++)
        for (let x = 0; x < SMALL_NET.size; x++) colours.push(grid.at(channel, y, x).join());
    }
  }
  return colours;
}

describe('a pixel of a run', () => {
  let net: SmallNet;
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    net = writeSmallNet(logdir, 'net');
    writeSmallNet(logdir, 'lies', { log: (value) => value + 5 });
    writeNonFiniteRun(logdir, 'holes');
    writeLog(logdir, 'nothing-finite', [tensor('conv1/output', 0, [4, 6, 6], () => Number.NaN)]);
  });

  const show = async (hash: string, options?: ShowOptions) => {
    const shown = await browser.show(`${hub.url}${hash}`, options);
    await until(
      async () =>
        (await shown.page.locator('canvas[data-grid=output]').count()) > 0 && (await settled(shown.page)),
      'the maps',
    );
    return shown;
  };
  const numbers = async (part: Locator) => ({
    value: Number(await part.getAttribute('data-value')),
    bound: Number(await part.getAttribute('data-bound')),
  });

  it('has the tightest of what is known as its value, the other below it, and both hold the exact one', async () => {
    const { page, assertClean } = await show('#run?run=net&layer=conv2&view=conv');
    for (const [channel, y, x] of [
      [0, 0, 0],
      [1, 3, 4],
      [2, 7, 5],
    ] as const) {
      for (const stage of ['conv', 'relu'] as const) {
        await page.evaluate((hash) => {
          location.hash = hash;
        }, `#run?run=net&layer=conv2&view=${stage}&ch=${channel}&y=${y}&x=${x}`);
        await headline(page).getByText(`at y ${y}, x ${x}`).waitFor();
        await page
          .getByRole('heading', { name: `out ${channel}` })
          .first()
          .waitFor();
        await page
          .getByRole('button', { name: stage === 'relu' ? 'ReLU' : 'conv', exact: true, pressed: true })
          .waitFor();
        await until(() => settled(page), 'the pixel');
        const before = net.conv2(0, channel, y, x);
        const exact = stage === 'relu' ? Math.max(0, before) : before;
        const shown = await numbers(headline(page).locator('.value'));
        const other = await numbers(headline(page).locator('.pixel-other'));
        expect(shown.bound).toBeLessThanOrEqual(other.bound);
        for (const { value, bound } of [shown, other]) {
          expect(Math.abs(value - exact)).toBeLessThanOrEqual(bound + 1e-5);
        }
        expect(Math.abs(shown.value - other.value)).toBeLessThanOrEqual(shown.bound + other.bound + 1e-5);
        // The text says the same, with the sign wherever the value is not exact.
        const [head, , second] = await headline(page).locator('> span').allInnerTexts();
        const margin = await headline(page).locator('> span').nth(1).innerText();
        const text = numberOf(`${head} ${margin}`);
        expect(text.approximate).toBe(shown.bound > 0);
        expect(Math.abs(text.value - exact)).toBeLessThanOrEqual(text.margin + 1e-5);
        expect(numberOf(second!).approximate).toBe(other.bound > 0);
        expect(await headline(page).locator('[data-contradiction]').count()).toBe(0);
      }
    }
    await assertClean();
  });

  it('has margins on its sums, contributions and the value under the pointer', async () => {
    const { page } = await show('#run?run=net&layer=conv2&view=conv&ch=1&y=3&x=4');
    const section = page.locator('[data-arithmetic=conv2]');
    const total = (await section.locator('.total').innerText()).replace(/\s+/g, ' ');
    expect(total).toMatch(/^sum ≈ [^+]* ± .* \+ bias −?[\d.]+ ≈ .* ± /);
    const sums = await section.locator('.term-list > div > span:last-child').allInnerTexts();
    expect(sums).toHaveLength(SMALL_NET.conv1);
    for (const text of sums) expect(numberOf(text)).toMatchObject({ approximate: true });

    const tip = page.locator('.tooltip b');
    const grid = page.locator('canvas[data-grid=output]');
    const facts = await grid.evaluate((element) => ({ ...(element as HTMLCanvasElement).dataset }));
    const zoom = Number(facts['zoom']);
    const [pitchX] = (facts['pitch'] ?? '').split(',').map(Number) as [number];
    const [, insetY] = (facts['inset'] ?? '').split(',').map(Number) as [number, number];
    // Channel 1 is the second tile of the first row; its pixel (2, 6).
    await grid.hover({ position: { x: pitchX + 6.5 * zoom, y: insetY + 2.5 * zoom } });
    await tip.waitFor();
    const hovered = numberOf(await tip.innerText());
    expect(hovered.approximate).toBe(true);
    expect(Math.abs(hovered.value - net.conv2(0, 1, 2, 6))).toBeLessThanOrEqual(hovered.margin + 1e-5);

    const contributions = page.locator('canvas[data-grid=contributions]');
    const box = (await contributions.boundingBox())!;
    await until(async () => {
      for (let x = 40; x < Math.min(box.width, 160); x += 8) {
        await page.mouse.move(box.x + x, box.y + 40);
        if ((await tip.count()) > 0 && (await tip.innerText()).includes('±')) return true;
      }
      return false;
    }, 'the contribution under the pointer');
    expect(await page.locator('.contributions-head').innerText()).toContain('±');
    const { width } = (await contributions.boundingBox())!;
    await contributions.click({ position: { x: Math.min(width, 100), y: 40 } });
    const detail = page.locator('.contribution-detail p');
    await expect.poll(() => detail.innerText()).toMatch(/ adds ≈ .+ ± .+ at y 3, x 4: kernel × patch$/);
  });

  it('is exact where the log holds float32 values', async () => {
    const { page } = await show('#run?run=net&layer=conv1&view=conv&ch=1&y=3&x=4');
    await expect.poll(() => headline(page).locator('.value').getAttribute('data-source')).toBe('arithmetic');
    expect(await headline(page).locator('.value').innerText()).not.toContain('≈');
    const section = page.locator('[data-arithmetic=conv1]');
    expect(await section.innerText()).not.toMatch(/[≈±]/);
    // What the log holds of it is coded, and says so.
    expect(await headline(page).locator('.pixel-other').innerText()).toMatch(/^logged as ≈ .* ± /);
  });

  it('says so when the log contradicts its own kernels', async () => {
    const { page } = await show('#run?run=lies&layer=conv2&view=conv&ch=1&y=3&x=4');
    await expect
      .poll(() => headline(page).locator('[data-contradiction]').innerText())
      .toMatch(
        /^The logged value and kernel × patch differ by (4\.9|5\.0)\d+, but may differ by at most 0\.\d+\.$/,
      );
    expect(await axeViolations(page)).toEqual([]);
    const narrow = await show('#run?run=lies&layer=conv2&view=conv&ch=1&y=3&x=4', {
      width: 400,
      height: 860,
    });
    await expect.poll(() => narrow.page.locator('.sheet').innerText()).toContain('may differ by at most');
  });

  it('goes to the lab with its margin, and its numbers are in the program', async () => {
    const { page, assertClean } = await show('#run?run=net&layer=conv2&view=conv&ch=1&y=3&x=4');
    await page.evaluate(() => {
      window.drawnTexts = [];
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (...given) {
        window.drawnTexts.push(given[0]);
        fillText.apply(this, given);
      };
    });
    await page.getByRole('link', { name: 'Open in lab' }).click();
    const sum = page.getByTestId('lab-sum');
    await sum.waitFor();
    const shown = numberOf(await sum.innerText());
    expect(shown.approximate).toBe(true);
    expect(Math.abs(shown.value - net.conv2(0, 1, 3, 4))).toBeLessThanOrEqual(shown.margin + 1e-5);
    expect(await page.locator('.lab-from').innerText()).toMatch(
      /logged with 8 bits: values with ≈ are within ± /,
    );
    const partial = await page.locator('.lab-partial').first().innerText();
    expect(partial).toMatch(/≈ .* ± /);
    // Each input but a zero that ReLU has made has its margin in the products, and the sign of one in its cell.
    const products = await page.locator('.lab-products').first().textContent();
    expect(products!.split(' + ')).toHaveLength(9);
    for (const product of products!.split(' + ')) expect(product).toMatch(/^(0|\(≈ .* ± .*\)) × /);
    expect(products).toContain('≈');
    // Beside its map the sign of a contribution is followed by a space.
    const cells = (await page.evaluate(() => window.drawnTexts)).filter((text) => /^≈\S/.test(text));
    expect(cells.length).toBeGreaterThan(0);
    const code = await page.locator('.lab-code pre').innerText();
    expect(code).not.toContain('randn');
    const [, kernel] = /weight = torch\.tensor\(\[\n([^\]]*)\]/.exec(code) ?? [];
    expect(kernel!.split(',')).toHaveLength(SMALL_NET.conv1 * 9);
    await page.goBack();
    await page.getByRole('button', { name: 'Use this map as the lab’s input' }).click();
    await page.locator('.lab-from').waitFor();
    // 64 values of the map, and the kernel.
    await expect.poll(() => page.locator('.lab-code pre').innerText()).not.toContain('randn');
    expect(numberOf(await sum.innerText()).approximate).toBe(true);
    // Of one input channel every step of the sum is listed, each with the margin that it has by then.
    const steps = await page.locator('.lab-term-list li').allInnerTexts();
    expect(steps).toHaveLength(9);
    const margins = steps.map((text) => numberOf(text.slice(text.indexOf('so far'))).margin);
    expect(margins.at(-1)).toBeGreaterThan(margins[0]!);
    expect(margins.every((margin, at) => margin >= (margins[at - 1] ?? 0))).toBe(true);
    await assertClean();
  });

  it('shows a probe with its own input, and names a probe and other numbers that are not there', async () => {
    const { page, assertClean } = await show(
      '#run?run=net&layer=conv2&probe=50&ch=99&y=3&x=4&zoom=99&output-limits=2,1',
    );
    const said = await problems(page).innerText();
    expect(said).toContain('There is no probe 50 in this run, only 0 to 1: probe 0 is shown.');
    expect(said).toContain('There is no channel 99 in conv2, only 0 to 2: channel 2 is shown.');
    expect(said).toContain(
      'zoom=99 in the address is not a whole number from 1 to 24: all tiles are fitted.',
    );
    expect(said).toContain('output-limits=2,1 in the address is not two numbers');
    expect(await page.evaluate(() => location.hash)).toContain('probe=50&ch=99');
    // Map, prediction and input are those of probe 0.
    expect(await page.getByRole('radio', { checked: true }).getAttribute('aria-label')).toContain('horse');
    const shown = await coloursOf(page);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('k');
    await expect.poll(() => problems(page).count()).toBe(0);
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#run?run=net&layer=conv2&ch=1&y=3&x=4');
    const right = await show('#run?run=net&layer=conv2&ch=2&y=3&x=4');
    expect(shown).toEqual(await coloursOf(right.page));
    await assertClean();
  });

  it('leaves a layer that the run does not have with the first thing that is done', async () => {
    const { page } = await show('#run?run=net&layer=conv9');
    const said = page.getByText('layer “conv9”');
    await expect
      .poll(() => said.allInnerTexts())
      .toEqual(['This run has no maps of a layer “conv9”: conv1 is shown.']);
    expect(await page.evaluate(() => location.hash)).toBe('#run?run=net&layer=conv9');
    await page.keyboard.press('v');
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#run?run=net&layer=conv1&view=conv');
    expect(await said.count()).toBe(0);
  });

  it('has a sign of its own for NaN, +∞ and −∞, in the grid, the magnified map and the legend', async () => {
    const { page, assertClean } = await show('#run?run=holes&ch=1&y=0&x=0');
    const coloursOf = (selector: string, zoom: number) =>
      page.locator(selector).evaluate((element, size) => {
        const canvas = element as HTMLCanvasElement;
        const context = canvas.getContext('2d')!;
        const [pitchX] = (canvas.dataset['pitch'] ?? '0').split(',').map(Number) as [number];
        const [, insetY] = (canvas.dataset['inset'] ?? '0,0').split(',').map(Number) as [number, number];
        const unit = Number(canvas.dataset['unit'] ?? 1);
        const step = size === 0 ? Number(canvas.dataset['zoom']) : size;
        return [0, 2, 3].map((x) => {
          // A corner of the pixel, where no sign is drawn.
          const left = ((size === 0 ? pitchX : 0) + (x + 0.12) * step) / unit;
          const top = (insetY + 0.12 * step) / unit;
          return Array.from(context.getImageData(Math.floor(left), Math.floor(top), 1, 1).data).join();
        });
      }, zoom);
    const grid = await coloursOf('canvas[data-grid=output]', 0);
    expect(grid).toEqual(['255,0,212,255', '255,149,0,255', '0,229,255,255']);
    expect(await coloursOf('.big-map canvas:first-child', 160 / 6)).toEqual(grid);
    expect(await page.locator('.pane.output .nan-key').allInnerTexts()).toEqual(['2 NaN', '1 +∞', '1 −∞']);
    await expect.poll(() => headline(page).locator('.value').innerText()).toBe('NaN');
    // Where nothing is finite, the colours have no limits that the log holds.
    const limit = page.getByRole('slider', { name: 'Output: upper limit of the colours' });
    expect(await limit.getAttribute('aria-valuetext')).toMatch(/^\d/);
    await page.evaluate(() => {
      location.hash = '#run?run=nothing-finite';
    });
    await expect.poll(() => limit.getAttribute('aria-valuetext')).toBe('no finite value');
    for (const [x, text] of [
      [2, '+∞'],
      [3, '−∞'],
    ] as const) {
      await page.evaluate((at) => {
        location.hash = `#run?run=holes&ch=1&y=0&x=${at}`;
      }, x);
      await expect.poll(() => headline(page).locator('.value').innerText()).toBe(text);
    }
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });
});
