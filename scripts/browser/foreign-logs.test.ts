/** Logs of nets that other programs trained: with a description from a tap, and without one. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Conv2dOptions } from '@convscope/shared/convolution/parameters.js';
import { plainConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import { MODEL_TAG } from '@convscope/shared/run-description.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { untilDrawn } from './harness/until-drawn.js';
import { scalar, tensor, writeLog } from './support/logs.js';
import { RESTING_PLACE } from './support/page-pool.js';
import { useBrowser, useHub } from './support/test-browser.js';

/** Written by integrations/pytorch/make_fixture.py. */
const TAPPED = fileURLToPath(new URL('fixtures/torch-tap', import.meta.url));
const noise = (seed: number) => (at: number) => Math.sin(at * 12.9898 + seed * 78.233) * 2;

/** As a training script logs a convolution by itself. `tags` says what it calls input, output, weight and bias. */
function logged(options: Conv2dOptions, tags: readonly string[], step = 10, isSilent = false): RunRecord[] {
  const [inputTag, outputTag, weightTag, biasTag] = tags as [string, string, string, string];
  const groups = options.groups ?? 1;
  const values = (count: number, seed: number) =>
    Float32Array.from({ length: count }, (_, at) => (isSilent ? 0 : noise(seed)(at)));
  const input = { data: values(2 * 4 * 12 * 12, 1), shape: [2, 4, 12, 12] };
  const weight = { data: values(6 * (4 / groups) * 9, 2), shape: [6, 4 / groups, 3, 3] };
  const bias = { data: values(6, 3), shape: [6] };
  const output = plainConv2d(input, weight, bias, options);
  const record = (tag: string, of: { readonly data: ArrayLike<number>; readonly shape: readonly number[] }) =>
    tensor(tag, step, of.shape, (at) => of.data[at]!);
  return [
    scalar('loss', step, 1),
    record(inputTag, input),
    record(outputTag, output),
    record(weightTag, weight),
    record(biasTag, bias),
  ];
}

const USUAL = ['conv/input', 'conv/output', 'conv/weight', 'conv/bias'];

describe('logs of other programs', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    cpSync(TAPPED, join(logdir, 'tapped'), { recursive: true });
    writeLog(logdir, 'usual', logged({ stride: 2, padding: 1, groups: 2 }, USUAL));
    writeLog(logdir, 'own-names', logged({ dilation: 2, padding: 2 }, ['c:in', 'c:out', 'c:w', 'c:b']));
    writeLog(logdir, 'other-shapes', [
      tensor('maps', 0, [2, 3, 3], noise(1)),
      tensor('fc/bias', 0, [4], noise(2)),
      tensor('video', 0, [1, 2, 3, 2, 2], noise(3)),
    ]);
    writeLog(logdir, 'only-other-shapes', [tensor('fc/weight', 0, [4, 5], noise(1))]);
    writeLog(logdir, 'silent', logged({ padding: 1 }, USUAL, 0, true));
    writeLog(logdir, 'tall', [
      tensor('conv/input', 0, [12, 9, 5], noise(1)),
      tensor('conv/weight', 0, [4, 12, 7, 1], noise(2)),
      tensor('conv/output', 0, [4, 3, 5], (at) => {
        const [out, y, x] = [Math.floor(at / 15), Math.floor(at / 5) % 3, at % 5];
        let sum = 0;
        for (let channel = 0; channel < 12; channel++)
          for (let ky = 0; ky < 7; ky++)
            sum +=
              Math.fround(noise(1)((channel * 9 + y + ky) * 5 + x)) *
              Math.fround(noise(2)((out * 12 + channel) * 7 + ky));
        return sum;
      }),
    ]);
    writeLog(logdir, 'broken', [
      ...logged({ padding: 1 }, USUAL),
      {
        kind: 'text',
        tag: MODEL_TAG,
        step: 0,
        wallTime: 1_700_000_001,
        strings: ['{"version":2}'],
        shape: [],
      },
    ]);
  });
  const show = (hash: string) => browser.show(`${hub.url}${hash}`);
  const parameters = (page: Page) => page.locator('section[aria-label="Parameters"]');
  const arithmetic = (page: Page) => page.locator('[data-arithmetic]');
  const value = (page: Page, name: string) => arithmetic(page).getAttribute(`data-${name}`).then(Number);

  it('a net that the tap of PyTorch describes has its arithmetic, its pictures and its way back', async () => {
    const { page, assertClean } = await show('#run?run=tapped&layer=conv1&ch=3');
    await arithmetic(page).waitFor();
    expect(await page.locator('section[aria-label="Input channels"]').innerText()).toContain('relu');
    const text = await page.locator('aside[aria-label="Inspector"]').innerText();
    expect(text).toMatch(/kernel × patch gives/);
    expect(text).toMatch(/receptive field/i);
    // The log and the arithmetic agree, so that nothing says otherwise.
    expect(text).not.toMatch(/contradict/i);
    expect(await parameters(page).count()).toBe(0);
    const stages = page.locator('[aria-label=Stage]');
    expect(await stages.getByRole('button').allInnerTexts()).toContain('gradient');
    const strip = await page.locator('[aria-label="Layers"]').first().innerText();
    for (const name of ['stem', 'bn1', 'fc']) expect(strip).toContain(name);
    const probes = await page
      .locator('[aria-label="Probe pictures"] canvas')
      .evaluateAll((canvases) => canvases.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
    expect(new Set(probes).size).toBe(2);
    await assertClean();
  });

  it('a log without a description has its convolutions inferred from the numbers', async () => {
    const { page, assertClean } = await show('#run?run=usual&layer=conv&ch=4&y=0&x=0');
    await arithmetic(page).waitFor();
    const text = await parameters(page).innerText();
    expect(text).toContain('Stride 2, padding 1, dilation 1, 2 groups');
    expect(text).toMatch(/Inferred from the numbers: \d+ pixels of the output agree/);
    const result = await value(page, 'result');
    const [record] = logged({ stride: 2, padding: 1, groups: 2 }, USUAL).slice(2);
    const output = record?.kind === 'tensor' ? record.values! : new Float32Array();
    expect(result).toBeCloseTo(output[4 * 36]!, 4);
    await assertClean();
  });

  it('no bias is added where there is none, and kernels that are higher than wide keep to their rows', async () => {
    const { page } = await show('#run?run=tall');
    await arithmetic(page).waitFor();
    const total = await arithmetic(page).locator('.total').innerText();
    expect(total.replaceAll(/\s+/g, ' ')).toMatch(/^sum −?[\d.]+$/);

    const rows = page.locator('[data-arithmetic] .term-list > div');
    await until(async () => (await rows.count()) === 12, 'a row for each input channel');
    const cut = await rows.evaluateAll((all) =>
      all.flatMap((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        const pictures = [...row.querySelectorAll('svg')].map((svg) => svg.getBoundingClientRect());
        return pictures.filter((picture) => picture.top < top - 1 || picture.bottom > bottom + 1);
      }),
    );
    expect(cut).toEqual([]);
  });

  it('every contribution has the products of its own weights and inputs', async () => {
    const { page } = await show('#run?run=tall&ch=2&y=1&x=3');
    const detail = page.locator('.contribution-detail');
    await detail.waitFor();
    await page.locator('.contributions').focus();
    await page.keyboard.press('Home');
    const [out, y, x] = [2, 1, 3];
    for (let place = 0; place < 12; place++) {
      const channel = Number(await detail.getAttribute('data-contribution'));
      const [weights, inputs, products] = await detail
        .locator('svg')
        .evaluateAll((all) =>
          all.map((svg) =>
            [...svg.querySelectorAll('text')].map(({ textContent }) => Number(textContent.replace('−', '-'))),
          ),
        );
      for (let ky = 0; ky < 7; ky++) {
        const input = noise(1)((channel * 9 + y + ky) * 5 + x);
        const weight = noise(2)((out * 12 + channel) * 7 + ky);
        // Cells have room for two digits.
        expect(Math.abs(weights![ky]! - weight)).toBeLessThanOrEqual(0.051);
        expect(Math.abs(inputs![ky]! - input)).toBeLessThanOrEqual(0.051);
        expect(Math.abs(products![ky]! - weight * input)).toBeLessThanOrEqual(0.051);
      }
      await page.keyboard.press('PageDown');
      if (place < 11)
        await expect.poll(() => detail.getAttribute('data-contribution')).not.toBe(String(channel));
    }
  });

  it('the numbers of a silent net do not decide, and the user does, in the address', async () => {
    const { page, assertClean } = await show('#run?run=silent&layer=conv');
    await until(async () => /do not decide/.test(await parameters(page).innerText()), 'the sentence');
    expect(await arithmetic(page).count()).toBe(0);
    const fill = (name: string, text: string) => parameters(page).locator(`input[name=${name}]`).fill(text);
    await fill('stride', 'x');
    await parameters(page).getByRole('button', { name: 'Set' }).click();
    expect(await parameters(page).getByRole('alert').innerText()).toContain('height × width');
    await fill('stride', '1');
    await fill('padding', '1x1');
    await fill('dilation', '1');
    await parameters(page).getByRole('button', { name: 'Set' }).click();
    await arithmetic(page).waitFor();
    await expect.poll(() => decodeURIComponent(page.url())).toContain('conv=conv:s1p1d1');
    expect(await parameters(page).innerText()).toContain('As set in the address');
    await fill('padding', '0');
    await parameters(page).getByRole('button', { name: 'Set' }).click();
    await until(
      async () => /would not be 12×12/.test(await parameters(page).innerText()),
      'what does not fit',
    );
    expect(await axeViolations(page)).toEqual([]);
    await assertClean();
  });

  it('tags are read by an expression of the user, which the address keeps', async () => {
    const { page, assertClean } = await show('#run?run=own-names');
    await until(async () => (await parameters(page).count()) > 0, 'the section');
    expect(await arithmetic(page).count()).toBe(0);
    await parameters(page).locator('summary').click();
    const field = parameters(page).locator('input[name=names]');
    await field.fill('(?<layer>a+)\\1:(?<role>in)');
    await parameters(page).getByRole('button', { name: 'Use' }).click();
    expect(await parameters(page).getByRole('alert').innerText()).toContain('refers to a group');
    await field.fill('(?<layer>.+):(?<role>in|out|w|b)');
    await parameters(page).getByRole('button', { name: 'Use' }).click();
    await arithmetic(page).waitFor();
    expect(await parameters(page).innerText()).toContain('padding 2, dilation 2');
    await expect.poll(() => decodeURIComponent(page.url())).toContain('in|out|w|b');
    const link = page.url();
    await page.goto(`${hub.url}${RESTING_PLACE}`);
    await page.goto(link);
    await untilDrawn(page);
    await arithmetic(page).waitFor();
    await assertClean();
  });

  it('a description that cannot be read is named, and the run opens without it', async () => {
    const { page, assertClean } = await show('#run?run=broken');
    await page.locator('[data-model-problem]').waitFor();
    expect(await page.locator('[data-model-problem]').innerText()).toMatch(/cannot be read.*version 1/s);
    await arithmetic(page).waitFor();
    await assertClean();
  });

  it('names the tensors that are no maps, with their shapes', async () => {
    const { page } = await browser.show(`${hub.url}#run?run=other-shapes`);
    const tile = page.locator('.layer-tile', { hasText: 'no maps' });
    await tile.waitFor();
    expect(await tile.getAttribute('title')).toMatch(/not fc\/bias \[4\], video \[1, 2, 3, 2, 2\]$/);
    await page.goto(`${hub.url}#run?run=only-other-shapes`);
    await page.getByText('Its tensor is of another shape: fc/weight [4, 5].').waitFor();
  });
});
