/** Every layer of a net on the run page: computed maps, the arithmetic of their values, and the way to the picture. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { type ResidualNet, writeLongNet, writeResidualNet } from './support/residual-net.js';
import { hashOf, settled } from './support/run-page.js';
import { useBrowser, useHub } from './support/test-browser.js';

describe('a whole net', () => {
  let net: ResidualNet;
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    net = writeResidualNet(logdir, 'residual');
    writeLongNet(logdir, 'long');
  });

  const open = async (hash: string) => {
    const opened = await browser.show(`${hub.url}${hash}`);
    await until(
      async () =>
        (await opened.page.locator('[aria-label=Inspector] [data-arithmetic]').count()) > 0 &&
        (await settled(opened.page)),
      'the arithmetic',
    );
    return opened;
  };
  const go = async (page: Page, hash: string, layer: string) => {
    await page.evaluate((next) => {
      location.hash = next;
    }, hash);
    await page.locator(`[data-arithmetic=${layer}]`).waitFor();
    await until(() => settled(page), 'the layer');
  };
  const resultOf = async (page: Page) => {
    const part = page.locator('[aria-label=Inspector] [data-arithmetic]');
    return {
      formula: await part.getAttribute('data-formula'),
      value: Number(await part.getAttribute('data-result')),
      bound: Number(await part.getAttribute('data-result-bound')),
    };
  };

  it('is walked layer by layer, and the arithmetic of each holds the exact value', async () => {
    const { page, assertClean } = await open('#run?run=residual&layer=join&ch=2&y=3&x=5');
    const exact = {
      join: net.join.values[(2 * 8 + 3) * 8 + 5]!,
      pool: net.pool.values[(1 * 4 + 2) * 4 + 1]!,
      fc: net.fc.values[1]!,
    };
    const join = await resultOf(page);
    expect(join.formula).toBe('sum');
    expect(Math.abs(join.value - exact.join)).toBeLessThanOrEqual(join.bound + 1e-6);
    expect(await page.locator('.pixel-number').innerText()).toContain('computed from stem’s and body’s maps');
    // Either input of a sum can be looked at.
    const input = page.locator('.pane.input');
    expect(await input.innerText()).toContain('stem’s maps after ReLU');
    await input.getByRole('button', { name: 'body' }).click();
    await input.getByText('body’s maps').waitFor();
    await until(async () => (await hashOf(page)).includes('input=1'), 'the address of the other input');

    await page.keyboard.press(']');
    await page.locator('[data-arithmetic=pool]').waitFor();
    await go(page, '#run?run=residual&layer=pool&ch=1&y=2&x=1', 'pool');
    const pool = await resultOf(page);
    expect(pool.formula).toBe('max');
    expect(Math.abs(pool.value - exact.pool)).toBeLessThanOrEqual(pool.bound + 1e-6);

    await go(page, '#run?run=residual&layer=fc&ch=1', 'fc');
    const fc = await resultOf(page);
    expect(fc.bound).toBeGreaterThan(0);
    expect(Math.abs(fc.value - exact.fc)).toBeLessThanOrEqual(fc.bound + 1e-6);
    // The vector, its weights and what they add are bars.
    expect(await page.getByRole('img', { name: /Output vector of fc/ }).count()).toBe(1);
    expect(await page.getByRole('img', { name: 'Weights of fc out 1' }).count()).toBe(1);
    const bars = page.getByRole('img', { name: /Output vector of fc/ });
    await bars.click({ position: { x: 4, y: 30 } });
    await page.getByRole('heading', { name: 'fc out 0' }).waitFor();
    // Away from the bars, whose tip lies outside of all landmarks.
    await page.mouse.move(0, 0);
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });

  it('is followed from a class to the picture and back, and the trail is in the address', async () => {
    const { page, assertClean } = await open('#run?run=residual&layer=fc&ch=1&y=0&x=0');
    const sources = page.locator('[data-lineage] [data-source]');
    const [strongest] = await Promise.all([sources.first().getAttribute('data-source')]);
    expect(strongest).toMatch(/^average:\d$/);
    const beyond = await sources
      .first()
      .locator('.lineage-name')
      .evaluate((name) => {
        name.firstElementChild!.textContent = 'layer4.1.downsample.average';
        return name.lastElementChild!.getBoundingClientRect().right - name.getBoundingClientRect().right;
      });
    // The name of a layer is cut before the number of the channel is.
    expect(beyond).toBeLessThan(1);
    await sources.first().click();
    await page.locator('[data-arithmetic=average]').waitFor();
    // By key, through the pools and the sum, to the layer that reads the picture.
    for (const layer of ['pool', 'join']) {
      await page.keyboard.press('u');
      await page.locator(`[data-arithmetic=${layer}]`).waitFor();
      await until(() => settled(page), layer);
    }
    await page.keyboard.press('u');
    await page.locator('[data-arithmetic=stem], [data-arithmetic=body]').first().waitFor();
    await until(() => settled(page), 'a convolution');
    const trail = page.getByRole('navigation', { name: 'Way back' });
    const channel = strongest!.split(':')[1];
    expect((await trail.innerText()).replace(/\s+/g, ' ')).toMatch(
      new RegExp(`^fc 1 ‹ average ${channel} ‹ pool ${channel} ‹ join ${channel} ‹ (stem|body) ${channel}$`),
    );
    await until(
      async () => (await hashOf(page)).includes('via=fc%3A1&via=average'),
      'the trail in the address',
    );
    await page.reload();
    await trail.waitFor();
    await trail.getByRole('button', { name: `pool ${channel}` }).click();
    await page.locator('[data-arithmetic=pool]').waitFor();
    await page.keyboard.press('Shift+U');
    await page.locator('[data-arithmetic=average]').waitFor();
    expect((await trail.innerText()).replace(/\s+/g, ' ')).toBe(`fc 1 ‹ average ${channel}`);
    await assertClean();
  });

  it('says which input of a sum is compared, and which layers have no row of their own', async () => {
    const { page } = await browser.show(`${hub.url}#compare?a=residual&layer=join&view=input`);
    const pane = page.getByRole('region', { name: 'Maps of A' });
    await pane.getByText('join · the first of 2 inputs, stem ·').waitFor();
    const layers = page.getByRole('region', { name: 'Layers by change' });
    await expect
      .poll(() => layers.innerText())
      .toContain('Without 4 layers that are computed from these: join, pool, average, fc');
    await layers.getByRole('button', { name: /body/ }).click();
    await until(async () => !(await pane.innerText()).includes('inputs'), 'the layer of one input');
  });

  it('outlines what a pixel of the picture reaches, through the strides and branches', async () => {
    const { page, assertClean } = await open('#run?run=residual&layer=pool&ch=1');
    const head = page.locator('[aria-label=Inspector] .section').first();
    // Two 3×3 convolutions see 5 pixels of the picture, and the pool reads two by two.
    expect(await head.innerText()).toContain('6×6');
    await page.locator('canvas[data-probe-picture]').hover({ position: { x: 54, y: 30 } });
    // Pixel (2, 4) reaches y 0…4 and x 2…6 of the sum, and so y 0…2 and x 1…3 of the pool.
    await page.locator('[data-reach="0,2,1,3"]').waitFor();
    await page.mouse.move(0, 0);
    await head.getByText('receptive field').waitFor();
    await assertClean();
  });

  it('shows a layer of which the log says nothing as one that cannot be chosen', async () => {
    const { page } = await open('#run?run=residual&layer=fc');
    const tile = page.locator('.layer-tile', { hasText: 'Softmax' });
    expect(await tile.evaluate((element) => element.tagName)).toBe('DIV');
    expect(await tile.getAttribute('title')).toContain('does not hold');
  });

  it('of many layers is folded by its blocks, and the chosen one is open', async () => {
    const { page, assertClean } = await open('#run?run=long&layer=layer2.1.relu');
    const groups = page.locator('.layers [data-group]');
    expect(await groups.evaluateAll((all) => all.map((one) => one.getAttribute('data-group')))).toEqual([
      'layer1',
      'layer3',
      'layer4',
    ]);
    expect(await page.locator('.layer-tile[aria-current]').getAttribute('data-layer')).toBe('layer2.1.relu');
    await groups.last().click();
    await page.locator('.layer-tile[aria-current][data-layer="layer4.0.conv1"]').waitFor();
    expect(await groups.evaluateAll((all) => all.map((one) => one.getAttribute('data-group')))).toEqual([
      'layer1',
      'layer2',
      'layer3',
    ]);
    await assertClean();
  });
});
