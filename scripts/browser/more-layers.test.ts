/** Less common layers on the run page: what their values are made of. */

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import { computeMaps } from '@convscope/shared/layers/compute-maps.js';
import { explainValue } from '@convscope/shared/layers/explain-value.js';
import { exactMaps, type Maps, readerOf } from '@convscope/shared/layers/maps.js';
import type { LayerDescription, LayerOf } from '@convscope/shared/run-description.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

const up: LayerOf<'convTranspose2d'> = {
  type: 'convTranspose2d',
  ...{ name: 'up', inputs: ['input'], inChannels: 2, outChannels: 3 },
  ...{ kernel: [3, 3], stride: [2, 2], padding: [1, 1], outputPadding: [1, 1], dilation: [1, 1], groups: 1 },
  ...{ bias: true, activation: 'none', outputShape: [3, 8, 8] },
};
const prelu = { type: 'prelu', name: 'slopes', inputs: ['up'], outputShape: [3, 8, 8] } as const;
const softmax = { type: 'softmax', name: 'shares', inputs: ['slopes'], outputShape: [3, 8, 8] } as const;
const norm: LayerOf<'groupNorm'> = {
  ...{ type: 'groupNorm', name: 'norm', inputs: ['slopes'], outputShape: [3, 8, 8] },
  ...{ groups: 1, eps: 1e-5, affine: false },
};
const mean = { type: 'adaptiveAvgPool2d', name: 'mean', inputs: ['norm'], outputShape: [3, 1, 1] } as const;
const gated = { type: 'multiply', name: 'gated', inputs: ['norm', 'mean'], outputShape: [3, 8, 8] } as const;
const wide: LayerOf<'upsample'> = {
  ...{ type: 'upsample', name: 'wide', inputs: ['gated'], outputShape: [3, 8, 16] },
  ...{ mode: 'bilinear', alignCorners: false },
};
const layers: readonly LayerDescription[] = [up, prelu, softmax, norm, mean, gated, wide];

const wave = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, at) => Math.sin((at + 1) * 1.7 + seed) * 1.5);

type NetMaps = Readonly<Record<'up' | 'slopes' | 'shares' | 'norm' | 'gated' | 'wide', Maps>>;

function writeNet(logdir: string): NetMaps {
  const [picture, weight, bias, slopes] = [wave(2 * 4 * 4, 1), wave(2 * 3 * 9, 2), wave(3, 3), wave(3, 4)];
  const input = exactMaps(picture, [2, 4, 4]);
  const values = Float32Array.from({ length: 3 * 64 }, (_, at) => {
    const place = { channel: Math.floor(at / 64), y: Math.floor(at / 8) % 8, x: at % 8 };
    return explainValue(up, [readerOf(input)], { weight, bias }, place)!.result.value;
  });
  const float = (tag: string, shape: readonly number[], data: Float32Array): RunRecord =>
    createTensorRecord({ tag, step: 1, wallTime: 1_700_000_001, dtype: 'float32', shape, values: data });
  const model = { name: 'up', inputShape: [2, 4, 4] as const, layers };
  writeLog(logdir, 'up', [
    runStartRecord({ name: 'up', model, probes: [{ index: 0, label: 0 }] }),
    float('probes/input', [1, 2, 4, 4], picture),
    float('up/output', [1, 3, 8, 8], values),
    float('up/weight', [2, 3, 3, 3], weight),
    float('up/bias', [3], bias),
    float('slopes/weight', [3], slopes),
  ]);
  const upMaps = exactMaps(values, [3, 8, 8]);
  const after = computeMaps(prelu, [upMaps], { weight: slopes })!;
  const normed = computeMaps(norm, [after], {})!;
  const product = computeMaps(gated, [normed, computeMaps(mean, [normed], {})!], {})!;
  return {
    ...{ up: upMaps, slopes: after, shares: computeMaps(softmax, [after], {})! },
    ...{ norm: normed, gated: product, wide: computeMaps(wide, [product], {})! },
  };
}

/** Written by integrations/pytorch/make_fixture.py. */
const FUNCTIONS = fileURLToPath(new URL('fixtures/torch-functions', import.meta.url));

let net: ReturnType<typeof writeNet>;
const browser = useBrowser();
const hub = useHub(({ logdir }) => {
  net = writeNet(logdir);
  cpSync(FUNCTIONS, join(logdir, 'functions'), { recursive: true });
});

describe('the arithmetic of further layers', () => {
  const part = (page: Page) => page.locator('[aria-label=Inspector] [data-arithmetic]');
  const open = async (layer: string) => {
    const { page } = await browser.show(`${hub.url}#run?run=up&layer=${layer}&ch=2&y=3&x=4`);
    await page.locator(`[data-arithmetic=${layer}]`).waitFor();
    return page;
  };
  const resultOf = async (page: Page) => Number(await part(page).getAttribute('data-result'));
  const exactOf = ({ values, shape: [, height, width] }: Maps) => values[(2 * height + 3) * width + 4]!;

  it('shows which weights of a transposed convolution meet which pixels', async () => {
    const page = await open('up');
    expect(await resultOf(page)).toBeCloseTo(exactOf(net.up), 5);
    const rows = part(page).locator('.term-row');
    expect(await rows.count()).toBe(2);
    // y 3 is reached through ky 0 from y 2 and through ky 2 from y 1, x 4 only through kx 1 from x 2.
    const grid = page.getByRole('grid', { name: 'Pixels of in 1 that reach this place' });
    await grid.focus();
    const read = async (keys: readonly string[]) => {
      for (const key of keys) await page.keyboard.press(key);
      return (
        (await grid.innerText()) + (await grid.locator('[aria-selected=true], .sr').allInnerTexts()).join()
      );
    };
    await until(
      async () => (await read(['ArrowRight'])).includes('ky 0, kx 0: meets no pixel here'),
      'the first cell',
    );
    await until(
      async () => (await read(['ArrowRight'])).includes('ky 0, kx 1 with y 2, x 2'),
      'the second cell',
    );
  });

  it('says the slope of a PReLU', async () => {
    const page = await open('slopes');
    expect(await resultOf(page)).toBeCloseTo(exactOf(net.slopes), 5);
    expect(await part(page).innerText()).toMatch(/PReLU, slope −?0\.\d+ below 0/);
  });

  it('shows of a softmax what share each channel has', async () => {
    const page = await open('shares');
    expect(await part(page).getAttribute('data-formula')).toBe('softmax');
    expect(await resultOf(page)).toBeCloseTo(exactOf(net.shares), 5);
    const shares = (await part(page).locator('li').allInnerTexts()).map((text) =>
      Number(/([\d.]+) %/.exec(text)?.[1]),
    );
    expect(shares).toHaveLength(3);
    expect(shares.reduce((sum, one) => sum + one, 0)).toBeCloseTo(100, 0);
  });

  it('says over how many channels of the picture a norm is taken', async () => {
    const page = await open('norm');
    expect(await resultOf(page)).toBeCloseTo(exactOf(net.norm), 5);
    expect(await part(page).innerText()).toMatch(/over 3 channels of this picture\s+\(/);
  });

  it('shows the factors of a product, one of which is the same for all pixels', async () => {
    const page = await open('gated');
    expect(await resultOf(page)).toBeCloseTo(exactOf(net.gated), 5);
    const factors = await part(page).locator('li').allInnerTexts();
    expect(factors.map((text) => text.split('\n')[0])).toEqual(['norm ch 2, y 3, x 4', 'mean ch 2']);
    await part(page).getByRole('button', { name: 'mean ch 2' }).click();
    await page.locator('[data-arithmetic=mean]').waitFor();
    expect(await part(page).getAttribute('data-formula')).toBe('mean');
  });

  it('shows which pixels an upsampled one lies between', async () => {
    const page = await open('wide');
    expect(await resultOf(page)).toBeCloseTo(exactOf(net.wide), 5);
    // x 4 of 16 lies at 1.75 of 8, and y stays.
    const terms = (await part(page).locator('li').allInnerTexts()).join('; ');
    expect(terms).toMatch(/gated ch 2, y 3, x 2\s+0\.750 ×/);
    expect(terms).toMatch(/gated ch 2, y 3, x 1\s+0\.250 ×/);
  });
});

describe('what functions of PyTorch do between the layers', () => {
  it.for<[layer: string, formula: string, text: RegExp]>([
    ['pad', 'copy', /the value of input ch 1, y 1, x 2, unchanged/],
    ['pad_1', 'copy', /the value of conv ch 1, y 3, x 2, unchanged/],
    ['slice', 'copy', /the value of pad_1 ch 1, y 4, x 4, unchanged/],
    ['slice_2', 'copy', /the value of slice ch 5, y 3, x 3, unchanged/],
    ['sub', 'sum', /slice_1 ch 1, y 3, x 3\s+−1.000 ×/],
    ['rsub', 'sum', /−1.000 × .*\+ offset\s*1/s],
    ['shuffle', 'copy', /the value of cat ch 4, y 3, x 3, unchanged/],
    ['norm_1', 'norm', /over 8 channels of this picture/],
    ['div', 'quotient', /norm ch 1\s.*add ch 0/s],
    ['addcmul', '', /kernel × patch/i],
    ['hardtanh', 'activation', /clamp from −1 to 1 of/],
    ['pixel_shuffle', 'copy', /the value of norm_1 ch 7, y 1, x 1, unchanged/],
    ['pixel_unshuffle', 'copy', /the value of pixel_shuffle ch 0, y 6, x 7, unchanged/],
    [
      'amax',
      'max',
      /of all channels\s+8 values\s+pixel_unshuffle ch (\d), y 3, x 3\s+(−?[\d.]+).*pixel_unshuffle ch \1, y 3, x 3: \2$/is,
    ],
    ['log_softmax', 'logSoftmax', /the logarithm of e\^/],
  ])('%s', async ([layer, formula, text]) => {
    const { page } = await browser.show(`${hub.url}#run?run=functions&layer=${layer}&ch=1&y=3&x=3`);
    const part = page.locator(`[data-arithmetic="${layer}"]`);
    await part.waitFor();
    if (formula !== '') expect(await part.getAttribute('data-formula')).toBe(formula);
    expect((await part.innerText()).replaceAll('\u00a0', ' ')).toMatch(text);
    // The log and the arithmetic agree, so that nothing says otherwise.
    expect(await page.locator('[data-contradiction]').count()).toBe(0);
  });
});
