/** What a run logs beside its maps: the gradients of its layers, and its confusion matrix. */
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { goTo } from './harness/go-to.js';
import { trainerMaps } from './support/convscope.js';
import { readGrid } from './support/grid.js';
import { mapsShown } from './support/run-page.js';
import { copyRunWithGradients, useBrowser, useHub } from './support/test-browser.js';

describe('a run with gradients', () => {
  const browser = useBrowser();
  const hub = useHub((folder) => copyRunWithGradients(folder, 'net'));

  it('shows the confusion matrix of a run and the gradients of its layers, value by value', async () => {
    const { page, assertClean } = await browser.show(
      `${hub.url}#run?layer=conv2&step=10&lock=channel&view=gradient`,
    );
    await mapsShown(page);

    const stages = page.locator('[aria-label=Stage]');
    expect(await stages.getByRole('button').allInnerTexts()).toEqual(['conv', 'ReLU', 'gradient']);
    expect(await page.locator('.pane.output').innerText()).toContain(
      '∂ loss / ∂ value before the activation',
    );
    const gradients = trainerMaps(hub.folder.maps, 'conv2', 'gradient', 10);
    const shape = { height: 16, width: 16, channels: 32 };
    const grid = await readGrid(page, 'output', shape);
    expect(grid.step).toBe(10);
    const at = (channel: number, y: number, x: number) =>
      gradients[(y * shape.width + x) * shape.channels + channel]!;
    // The diverging scale: red where the gradient is well above 0, blue where it is well below.
    let compared = 0;
    const wrong: number[][] = [];
    for (let channel = 0; channel < shape.channels; channel++) {
      let top = 0;
      for (let picture = 0; picture < 8; picture++)
        for (let place = 0; place < shape.height * shape.width; place++)
          top = Math.max(
            top,
            Math.abs(gradients[(picture * shape.height * shape.width + place) * shape.channels + channel]!),
          );
      for (let y = 0; y < shape.height; y++)
        for (let x = 0; x < shape.width; x++) {
          const share = at(channel, y, x) / top;
          if (!(Math.abs(share) >= 0.2)) continue;
          const [red, , blue] = grid.at(channel, y, x);
          if (Math.sign(red - blue) !== Math.sign(share)) wrong.push([channel, y, x]);
          compared++;
        }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(100);
    // The number of the pinned pixel is that of the gradient too, and not only of what the gradient is of.
    let largest = { channel: 0, y: 0, x: 0 };
    for (let channel = 0; channel < shape.channels; channel++)
      for (let y = 0; y < shape.height; y++)
        for (let x = 0; x < shape.width; x++)
          if (Math.abs(at(channel, y, x)) > Math.abs(at(largest.channel, largest.y, largest.x)))
            largest = { channel, y, x };
    const { channel, y, x } = largest;
    await goTo(page, `#run?layer=conv2&step=10&lock=channel&view=gradient&ch=${channel}&y=${y}&x=${x}`);
    const pinned = page.locator('[data-gradient]');
    const [shown, bound] = [
      Number(await pinned.getAttribute('data-gradient')),
      Number(await pinned.getAttribute('data-bound')),
    ];
    const exact = at(channel, y, x);
    expect(bound).toBeLessThan(Math.abs(exact) / 10);
    expect(Math.abs(shown - exact)).toBeLessThanOrEqual(bound * 1.001);
    await page.keyboard.press('v');
    await until(
      async () =>
        (await stages.getByRole('button', { name: 'conv' }).getAttribute('aria-pressed')) === 'true',
      'the next stage',
    );
    await page.keyboard.press('v');
    await page.keyboard.press('v');
    await until(
      async () => (await page.evaluate(() => location.hash)).includes('view=gradient'),
      'gradients again',
    );

    await page.getByRole('button', { name: 'Confusion matrix' }).click();
    const dialog = page.getByRole('dialog');
    await until(async () => (await dialog.locator('tbody tr').count()) === 10, 'ten classes');
    expect(await dialog.innerText()).toContain('After step 20');
    await expect.poll(() => page.url()).toContain('open=confusion');
    await page.reload();
    await until(async () => (await dialog.locator('tbody tr').count()) === 10, 'the matrix of the address');
    await page.goBack();
    await until(async () => (await dialog.count()) === 0, 'the page before it');
    await page.goForward();
    await until(async () => (await dialog.locator('tbody tr').count()) === 10, 'the matrix again');
    const table = await dialog
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((one) => [...one.children].map((cell) => cell.textContent ?? '')));
    for (const [index, [name, ...cells]] of table.entries()) {
      expect(name).toMatch(/^[a-z]+$/);
      const counts = cells.slice(0, 10).map((cell) => Number(cell.replaceAll(',', '')));
      const total = counts.reduce((sum, count) => sum + count, 0);
      expect(cells[10]).toBe(`${((100 * counts[index]!) / total).toFixed(1)} %`);
    }
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });

  it('lets the stage be chosen on a phone as well', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?layer=conv2&step=10`, {
      width: 400,
      height: 860,
    });
    await mapsShown(page);
    await page.getByRole('combobox', { name: 'Stage' }).click();
    await page.getByRole('option', { name: 'gradient' }).click();
    await expect.poll(() => page.url()).toContain('view=gradient');
    await page.getByText('∂ loss / ∂ value before the activation').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });

  it('has the controls of its output in one line, beside the step of older maps', async () => {
    const { page } = await browser.show(`${hub.url}#run?layer=conv2&step=15&view=gradient`);
    await mapsShown(page);
    const head = page.locator('.pane.output .pane-head');
    const caption = head.locator('.micro');
    expect(await caption.innerText()).toMatch(/^of step 10 · /);
    const top = (await caption.boundingBox())!.y;
    for (const name of ['Stage', 'Size of the tiles', 'Order of the channels']) {
      const box = (await head.locator(`[aria-label="${name}"]`).boundingBox())!;
      expect(Math.abs(box.y + box.height / 2 - top)).toBeLessThan(16);
    }
    const [step, box] = [await caption.locator('[data-of-step]').boundingBox(), await caption.boundingBox()];
    expect(step!.x + step!.width).toBeLessThanOrEqual(box!.x + box!.width);
  });
});
