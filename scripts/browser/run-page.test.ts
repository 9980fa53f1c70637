import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { decodeSeries } from '@convscope/shared/protocol/series-codec.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childPid } from '#server/testing/process.js';
import { CLI, PICTURES, startCommand } from '#server/testing/product.js';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import {
  type BrowserFolder,
  browserFolder,
  type Convscope,
  startConvscope,
  trainerMaps,
  withSlowTraining,
} from './support/convscope.js';
import { readGrid, viridisDistance } from './support/grid.js';
import { output, settled, shownStep, slider } from './support/run-page.js';
import { copyTrainedRun, TRAINED_STEPS, useBrowser, useHub } from './support/test-browser.js';

/** conv1 of LeNet: 6 channels of 30×30, for 8 probe pictures. */
const CONV1 = { channels: 6, height: 30, width: 30, probes: 8 };
/** Where it is looked at: picture, channel, y, x. */
const PIXEL = [0, 2, 9, 14] as const;
/** The smallest net: that of the product's default is shown by other tests, as a run that has ended. */
const TRAIN = ['--model', 'lenet', '--batch', '4', '--backend', 'wasm', '--threads', '1'];

const answerOf = async (url: string) => decodeSeries(new Uint8Array(await (await fetch(url)).arrayBuffer()));

const lastStep = async (page: Page) => Number(await slider(page).getAttribute('aria-valuemax'));

describe('the run page of a net that trains', () => {
  const browser = useBrowser();
  let folder: BrowserFolder;
  let convscope: Convscope;
  beforeAll(async () => {
    folder = browserFolder();
    convscope = await startConvscope(withSlowTraining(folder), 'train', [
      ...TRAIN,
      ...['--data', PICTURES, '--capture-every', '10', '--epochs', '1000'],
    ]);
  });
  afterAll(async () => {
    await convscope?.stop();
    folder?.remove();
  });

  it('is trained with a pause after every step, which leaves time for the browser', async () => {
    const losses = async () => {
      const { series } = await answerOf(`${convscope.url}api/v1/series?tag=train/loss`);
      return series[0]?.kind === 'points' ? series[0].wallTimes : new Float64Array(0);
    };
    await until(async () => (await losses()).length > 10, 'the first steps');
    const times = await losses();
    const pauses = times.subarray(1).map((time, step) => time - times[step]!);
    expect(Math.min(...pauses)).toBeGreaterThan(0.045);
  });

  it('shows it pixel for pixel, and its arithmetic adds up', async () => {
    const [, ch, y, x] = PIXEL;
    const { page, assertClean } = await browser.show(
      `${convscope.url}#run?layer=conv1&lock=channel&view=relu&ch=${ch}&y=${y}&x=${x}`,
    );

    // The curve grows without a reload.
    await until(
      async () => (await output(page).count()) > 0 && (await lastStep(page)) > 5,
      'the first steps',
    );
    const before = await lastStep(page);
    await until(async () => (await lastStep(page)) >= before + 30, 'the curve to grow');

    // Held still, a grid shows the trainer's numbers.
    await page.keyboard.press('ArrowLeft');
    await until(async () => (await settled(page)) && (await shownStep(page)) >= 0, 'a capture to be shown');
    const grid = await readGrid(page, 'output', CONV1);
    const values = trainerMaps(convscope.maps, 'conv1', 'preactivation', grid.step);
    expect(values.length).toBe(CONV1.probes * CONV1.height * CONV1.width * CONV1.channels);
    const value = (probe: number, channel: number, y: number, x: number) =>
      values[((probe * CONV1.height + y) * CONV1.width + x) * CONV1.channels + channel]!;
    let worst = 0;
    for (let channel = 0; channel < CONV1.channels; channel++) {
      // Locked to the channel, colours run from 0 to its largest value in the capture.
      let [lo, hi] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let probe = 0; probe < CONV1.probes; probe++)
        for (let y = 0; y < CONV1.height; y++)
          for (let x = 0; x < CONV1.width; x++) {
            lo = Math.min(lo, value(probe, channel, y, x));
            hi = Math.max(hi, value(probe, channel, y, x));
          }
      if (hi <= 0) continue;
      // Tolerance: one colour step for rounding, plus the error of eight bits over the channel's range.
      const allowed = 1 + (((hi - lo) / 510) * 255) / hi;
      for (let y = 0; y < CONV1.height; y++)
        for (let x = 0; x < CONV1.width; x++) {
          const expected = (Math.max(0, value(0, channel, y, x)) / hi) * 255;
          const off = viridisDistance(grid.at(channel, y, x), expected);
          worst = Math.max(worst, off / allowed);
        }
    }
    expect(worst).toBeLessThanOrEqual(1);

    // The arithmetic of the chosen pixel: what is shown is the sum of its products, and what the trainer computed.
    const section = page.locator('[data-arithmetic=conv1]');
    const facts = await section.evaluate((element) => ({ ...(element as HTMLElement).dataset }));
    const [products, bias, sum] = [facts['products'], facts['bias'], facts['sum']].map(Number) as [
      number,
      number,
      number,
    ];
    expect(products + bias).toBeCloseTo(sum, 9);
    const text = (await section.innerText()).replaceAll('−', '-');
    const [, shownSum, shownBias, shownResult] =
      text.match(/sum\s+(-?[\d.]+)\s+\+ bias\s+(-?[\d.]+)\s+=\s+(-?[\d.]+)/) ?? [];
    expect(Math.abs(Number(shownSum) + Number(shownBias) - Number(shownResult))).toBeLessThan(0.002);
    expect(sum).toBeCloseTo(value(...PIXEL), 4);

    // The scrubber goes back, and new data moves nothing.
    const held = await shownStep(page);
    const seen = await lastStep(page);
    await page.keyboard.press('ArrowLeft');
    await until(async () => (await shownStep(page)) < held, 'the capture before');
    const back = await shownStep(page);
    await until(async () => (await lastStep(page)) > seen + 10, 'more steps');
    expect(await shownStep(page)).toBe(back);
    await page.keyboard.press('l');
    await until(async () => (await shownStep(page)) > held, 'the newest capture after L');

    expect(await axeViolations(page)).toEqual([]);

    // The lab opens with the pixel and computes the same sum; going back restores the view.
    await page.keyboard.press('ArrowLeft');
    await until(() => settled(page), 'the capture to be held');
    const sent = Number(await section.getAttribute('data-sum'));
    await page.getByRole('link', { name: 'Open in lab' }).click();
    const inLab = page.getByTestId('lab-sum');
    await inLab.waitFor();
    expect(Number((await inLab.innerText()).replace('−', '-').replace('= ', ''))).toBeCloseTo(sent, 2);
    await page.getByRole('link', { name: 'Run', exact: true }).click();
    await until(async () => (await shownStep(page)) >= 0, 'the run page again');

    // The lab opens with the whole map as its input.
    await page.getByRole('button', { name: 'Use this map as the lab’s input' }).click();
    await page.getByText(/^From conv1 out \d+, step \d+$/).waitFor();
    expect(await page.getByTestId('lab-output-shape').innerText()).toBe('[1, 1, 30, 30]');
    await page.getByRole('link', { name: 'Run', exact: true }).click();
    await until(async () => (await shownStep(page)) >= 0, 'the run page once more');
    await assertClean();
  });

  it('survives the death of the hub and catches up when it is back', async () => {
    const { page, assertClean } = await browser.show(`${convscope.url}#run?layer=conv1`);
    await until(
      async () => (await output(page).count()) > 0 && (await shownStep(page)) >= 0,
      'a first capture',
    );
    const before = await lastStep(page);
    process.kill(childPid(convscope, 'hub-process'), 'SIGKILL');
    await until(() => convscope.output().includes('The hub is back'), 'the hub to be started again');
    await until(async () => (await lastStep(page)) > before + 20, 'the page to catch up');
    await until(async () => (await shownStep(page)) > before, 'a newer capture');
    // While the hub was away the browser reported failed requests.
    await assertClean([/ERR_CONNECTION|WebSocket connection|Failed to (load|fetch)/]);
  });

  it('replays a run that has ended exactly as it was', async () => {
    const atStep20 = async () => {
      const { page, assertClean } = await browser.show(
        `${convscope.url}#run?layer=conv1&lock=channel&step=20`,
      );
      await until(async () => (await settled(page)) && (await shownStep(page)) === 20, 'step 20');
      const grid = await readGrid(page, 'output', CONV1);
      const colours = Array.from({ length: CONV1.height }, (_, i) =>
        grid.at(i % CONV1.channels, i, (i * 7) % CONV1.width).join(),
      );
      return { page, assertClean, colours };
    };
    const live = await atStep20();
    await live.assertClean();
    await convscope.stop();
    convscope = await startConvscope(folder, 'serve');
    const { page, assertClean, colours } = await atStep20();
    expect(colours).toEqual(live.colours);
    await expect.poll(() => page.locator('body').innerText()).toContain('interrupted');

    // Played, it moves on by itself from capture to capture.
    await page.keyboard.press(' ');
    await until(async () => (await shownStep(page)) > 20, 'the replay to move');
    await assertClean();
  });
});

describe('the run page', () => {
  const browser = useBrowser();
  const hub = useHub(() => undefined);

  it('says what to do when nothing is logged yet, changes to the first run by itself, and says how runs ended', async () => {
    const { page, assertClean } = await browser.open(hub.url);
    const body = page.locator('body');
    await expect.poll(() => body.innerText(), { timeout: 20_000 }).toContain('npm start');
    expect(await axeViolations(page)).toEqual([]);

    const diverging = ['--steps', '200', '--lr', '1e6', '--schedule', 'constant', '--exit-when-done'];
    const training = startCommand(hub.folder, 'train', [...TRAIN, '--data', 'synthetic', ...diverging]);
    expect(await training.ended).toBe(1);
    await until(async () => (await output(page).count()) > 0, 'the run to appear');
    await expect.poll(() => body.innerText(), { timeout: 20_000 }).toMatch(/The run failed: .* step \d+/);

    await copyTrainedRun(hub.folder, 'net');
    await page.locator('[data-run=net] .cover').click();
    await expect.poll(() => page.locator('[data-run-state]').innerText()).toContain('finished');
    await assertClean();
  });
});

describe('a dump', () => {
  it('holds every record that the run should have', async () => {
    const folder = browserFolder();
    try {
      await copyTrainedRun(folder, 'all');
      const lines = execFileSync(process.execPath, [CLI, 'dump', join(folder.logdir, 'all'), '--json'], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      })
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { tag: string; kind: string; step: number });
      const stepsOf = (tag: string) => lines.filter((line) => line.tag === tag).map((line) => line.step);
      // A batch's loss belongs to the weights before its update, so its step is the number of updates before it.
      const everyStep = Array.from({ length: TRAINED_STEPS }, (_, i) => i);
      expect(stepsOf('train/loss')).toEqual(everyStep);
      expect(stepsOf('train/accuracy')).toEqual(everyStep);
      expect(stepsOf('test/accuracy')[0]).toBe(0);
      expect(stepsOf('test/accuracy').at(-1)).toBe(TRAINED_STEPS);
      expect(stepsOf('conv4/preactivation')).toEqual([0, 10, 20, 30]);
      for (const tag of [
        'train/learning_rate',
        'perf/images_per_second',
        'perf/step_ms',
        'perf/capture_ms',
        'test/loss',
        'conv1/weight',
        'conv1/bias',
        'probes/input',
        'probes/pictures',
        'probes/predictions',
        'test/confusion_matrix',
        'system/process_memory_mb',
        'convscope/run_start',
        'convscope/run_end',
        'config',
      ])
        expect(stepsOf(tag).length, tag).toBeGreaterThan(0);
      expect(lines.some((line) => line.kind === 'histogram')).toBe(true);
      expect(lines.some((line) => line.tag.startsWith('gradient_norm/'))).toBe(true);
      expect(lines.some((line) => line.tag.startsWith('update_ratio/'))).toBe(true);
      expect(lines[0]?.kind).toBe('run-start');
      expect(lines.at(-1)?.kind).toBe('run-end');
      expect(lines.filter((line) => line.kind === 'gap')).toEqual([]);
      expect(readdirSync(join(folder.logdir, 'all')).some((name) => name.endsWith('.safetensors'))).toBe(
        true,
      );
    } finally {
      folder.remove();
    }
  });
});
