/** The health of channels over a whole run, as the page tells it of logs with planted faults. */
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { conv2dDescription, runStartRecord } from '@convscope/shared/testing/run-start.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

const CHANNELS = 4;
const SIZE = 8;
const STEPS = Array.from({ length: 121 }, (_, at) => at * 5);
/** Channel 3 before ReLU. */
const isDead = (step: number) => step === 110 || (step >= 220 && step <= 260) || step >= 415;
/** One capture has values far above all others, so that colours locked to the run depend on it. */
const HIGHEST = { step: 330, value: 50 };

function* planted(): Generator<RunRecord> {
  const shape = { pictures: 1, channels: CHANNELS, height: SIZE, width: SIZE };
  yield runStartRecord({
    probes: [{ index: 0, label: 0 }],
    data: { classes: ['a'] },
    model: {
      inputShape: [1, SIZE, SIZE],
      layers: [
        conv2dDescription({
          outChannels: CHANNELS,
          inputShape: [1, SIZE, SIZE],
          outputShape: [CHANNELS, SIZE, SIZE],
        }),
      ],
    },
  });
  for (const step of STEPS) {
    const wallTime = 1_700_000_000 + step;
    const values = Float32Array.from({ length: CHANNELS * SIZE * SIZE }, (_, at) => {
      const channel = Math.floor(at / (SIZE * SIZE));
      if (at < 20 && step === HIGHEST.step) return HIGHEST.value;
      return Math.sin(at * (channel + 2) + step) - (channel === 3 && isDead(step) ? 2 : 0);
    });
    yield { kind: 'scalar', tag: 'train/loss', step, wallTime, value: 1 / (1 + step) };
    yield encodeChannels(
      {
        ...{ tag: 'conv1/preactivation', step, wallTime, layer: 'conv1', role: 'preactivation' },
        ...{ values, shape, layout: 'NCHW', probes: [0] },
      },
      (bytes) => deflateSync(bytes),
    );
  }
  const end = { version: 1, reason: 'completed', seconds: 1 } as const;
  yield { kind: 'run-end', tag: 'convscope/run_end', step: 600, wallTime: 1_700_000_600, end };
}

/** As torch's add_tensor logs a stack of maps: channel 2 is 0 everywhere from step 20 on. */
function* tensors(): Generator<RunRecord> {
  for (let step = 0; step <= 40; step += 10) {
    const values = Float32Array.from({ length: CHANNELS * SIZE * SIZE }, (_, at) =>
      step >= 20 && at >> 6 === 2 ? 0 : Math.max(0, Math.sin(at * at + step)),
    );
    const shape = [CHANNELS, SIZE, SIZE];
    const common = { step, wallTime: 1_700_000_000 + step };
    yield { kind: 'scalar', tag: 'loss', value: 1, ...common };
    yield createTensorRecord({ tag: 'layer1/output', dtype: 'float32', shape, values, ...common });
  }
}

describe('health over a run', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    writeLog(logdir, 'planted', [...planted()]);
    writeLog(logdir, 'torch', [...tensors()]);
  });
  const show = (hash: string) => browser.show(`${hub.url}${hash}`);
  const textOf = (page: Page, label: string) => page.locator(`section[aria-label="${label}"]`).innerText();
  const settled = (page: Page) =>
    until(() => page.evaluate(() => window.__convscope?.settled === true), 'the page to settle');

  it('lists when a channel was dead, from every capture, and goes to where it began', async () => {
    const { page, assertClean } = await show('#run?run=planted&layer=conv1&ch=0');
    const finding = page.locator('.finding');
    await until(async () => (await finding.count()) === 1, 'the finding');
    await until(
      async () =>
        (await finding.innerText()).replaceAll(/\s+/g, ' ') === '3 dead 415–600, earlier 110, 220–260',
      'all intervals of the finding',
    );
    await finding.click();
    await until(() => /step=415/.test(page.url()) && /ch=3/.test(page.url()), 'the step where it began');
    const inspector = page.locator('.inspector-title').locator('..');
    await until(async () => /dead 415–600/.test(await inspector.innerText()), 'the interval at the channel');
    // Neither the name of the channel nor what is known of it is cut.
    expect(
      await inspector
        .locator('.ellipsis')
        .evaluateAll((parts) => parts.map((part) => part.scrollWidth - part.clientWidth)),
    ).toEqual([0, 0]);
    expect(await textOf(page, 'Channel statistics')).toMatch(/dead\s+415–600, earlier 110, 220–260/);
    // The lane of the layer counts over all captures, and a click on it goes there.
    const dead = STEPS.filter(isDead).length;
    const lane = page.getByRole('img', {
      name: `dead in ${dead} of ${STEPS.length} captures, at most 1 channel at once`,
    });
    const { width, height } = (await lane.boundingBox())!;
    await lane.click({ position: { x: (240 / 600) * width, y: height / 2 } });
    await until(async () => {
      const step = Number(new URLSearchParams(page.url().split('?')[1]).get('step'));
      return step >= 220 && step <= 260;
    }, 'a step in the middle of the lane');
    // How high the lane is drawn where the channel is dead and where it is not.
    const heights = await lane.locator('path').evaluate((path: SVGGeometryElement) => {
      const at = (share: number) => {
        let filled = 0;
        for (let y = 0.5; y < 12; y++) if (path.isPointInFill(new DOMPoint(share * 100, y))) filled++;
        return filled;
      };
      return [at(240 / 600), at(300 / 600), at(500 / 600)];
    });
    expect(heights).toEqual([12, 0, 12]);
    await assertClean();
  });

  it('closes the drawer of a phone when a finding is chosen in it', async () => {
    const { page } = await browser.show(`${hub.url}#run?run=planted`, { width: 400, height: 860 });
    // The drawer lies over the inspector.
    await page.getByRole('button', { name: 'Arithmetic' }).click();
    await page.locator('.inspector').waitFor();
    await page.getByRole('button', { name: 'Runs, config and findings' }).click();
    await page.locator('.finding').click();
    await page.locator('.rail').waitFor({ state: 'detached' });
    await until(() => /step=415/.test(page.url()), 'the step where it began');
    await page.keyboard.press('Escape');
    await page.locator('.inspector').waitFor({ state: 'detached' });
  });

  it('says of a step in the past what held then', async () => {
    const { page, assertClean } = await show('#run?run=planted&layer=conv1&ch=3&step=240');
    const inspector = page.locator('.inspector-title').locator('..');
    await until(async () => /dead 220–260/.test(await inspector.innerText()), 'the interval of step 240');
    await page.goto(`${hub.url}#run?run=planted&layer=conv1&ch=3&step=300`);
    await until(async () => /healthy at 300/.test(await inspector.innerText()), 'no condition at step 300');
    await page.goto(`${hub.url}#run?run=planted&layer=conv1&ch=0&step=300`);
    await until(async () => /healthy$/.test((await inspector.innerText()).trim()), 'a channel without any');
    expect(await textOf(page, 'Channel statistics')).toMatch(/healthy\s+in all 121 captures/);
    await assertClean();
  });

  it('judges the tensors of a PyTorch log, and says no more than they hold', async () => {
    const { page, assertClean } = await show('#run?run=torch&ch=2');
    const finding = page.locator('.finding');
    await until(
      async () => (await finding.allInnerTexts()).join().replaceAll(/\s+/g, ' ') === '2 dead 20–40',
      'the finding',
    );
    expect(await textOf(page, 'Channel statistics')).toMatch(/Channel, 1 picture\b/i);
    // Without a description of the net nobody knows of a ReLU, so that no channel can be called always on.
    expect(await page.locator('section[aria-label="Output channels"]').innerText()).not.toMatch(/always on/);
    await assertClean();
  });

  it('draws the same pixels for the same link, whatever was looked at before', async () => {
    const pixels = (page: Page) =>
      page.evaluate(() => document.querySelector<HTMLCanvasElement>('canvas[data-grid=output]')!.toDataURL());
    const link = '#run?run=planted&layer=conv1&step=0&lock=run';
    const first = await browser.open(`${hub.url}${link}`);
    await settled(first.page);
    const second = await show(`#run?run=planted&layer=conv1&step=${HIGHEST.step}&lock=run`);
    await settled(second.page);
    await second.page.goto(`${hub.url}${link}`);
    await until(
      async () => (await second.page.locator('canvas[data-grid=output]').getAttribute('data-step')) === '0',
      'step 0',
    );
    await settled(second.page);
    expect(await pixels(first.page)).toBe(await pixels(second.page));
    // Of the run, and not of this capture, whose values are at most 1.
    const limit = first.page.getByRole('slider', { name: 'Output: upper limit of the colours' });
    expect(Number(await limit.getAttribute('aria-valuetext'))).toBeGreaterThan(HIGHEST.value / 2);
  });
});
