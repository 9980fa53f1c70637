/** The transposed convolution in the lab. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { useBrowser, useStaticSite } from './support/test-browser.js';

/** Without a hub the browser reports failed requests. Any other problem is a defect. */
const NO_HUB = [/WebSocket connection|socket\.io|ERR_CONNECTION|404/];

describe('the lab with a transposed convolution', () => {
  const browser = useBrowser();
  const site = useStaticSite();
  const sum = (page: Page) => page.getByTestId('lab-sum').innerText();
  const shape = (page: Page) => page.getByTestId('lab-output-shape').innerText();

  it('slides over its output with the sums that PyTorch gives, and refuses in its words', async () => {
    const { page, assertClean } = await browser.open(`${site.url}#lab`);
    await page.getByRole('button', { name: /Padding, strides, transposed \(odd\)/ }).click();
    await expect.poll(() => shape(page)).toBe('[1, 1, 6, 6]');
    expect(await page.getByTestId('lab-out-H').innerText()).toBe('6');
    // torch.nn.functional.conv_transpose2d of 0…8 with [[1, 2, 1], [0, 1, 0], [2, 1, 0]], stride 2, padding 1 and output
    // padding 1 begins with 0, 0, 1, 0, 2, 0 and then 6, 9, 9.
    await page.getByLabel(/Sliding window/).focus();
    for (const expected of ['= 0', '= 1', '= 0', '= 2', '= 0', '= 6', '= 9', '= 9']) {
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => sum(page)).toBe(expected);
    }
    expect(await page.getByLabel('PyTorch code').innerText()).toContain('F.conv_transpose2d');
    expect(await axeViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'more output padding' }).click();
    await page
      .getByRole('alert')
      .getByText('output padding must be smaller than either stride or dilation')
      .waitFor();
    await page.getByRole('button', { name: 'conv2d', exact: true }).click();
    await expect.poll(() => shape(page)).toBe('[1, 1, 2, 2]');
    await assertClean(NO_HUB);
  });
});
