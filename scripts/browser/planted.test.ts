/** Faults that were planted into a net are found from the loss curve in at most five clicks and keys, and said as they are. */
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { conv2dDescription, runStartRecord } from '@convscope/shared/testing/run-start.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { untilDrawn } from './harness/until-drawn.js';
import { writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

const CHANNELS = 8;
const SIZE = 6;
const PROBES = 2;
const STEPS = Array.from({ length: 41 }, (_, at) => at * 10);

/** A value before ReLU, like noise: positive and negative in every channel. */
function healthy(channel: number, place: number, step: number): number {
  return Math.sin(channel * 12.9898 + place * 78.233 + step * 0.037 + channel * place * 1.7) * 2;
}

type ValueAt = (channel: number, place: number, step: number) => number;

/** What is planted, by layer. */
const LAYERS: Readonly<Record<string, ValueAt>> = {
  /** Channel 5 dies at step 120. */
  conv1: (channel, place, step) => healthy(channel, place, step) - (channel === 5 && step >= 120 ? 3 : 0),
  /** Channel 6 is channel 2 with other limits. */
  conv2: (channel, place, step) =>
    channel === 6 ? 1.5 * healthy(2, place, step) : healthy(channel, place, step),
  /** From step 200 on, ten times larger every 20 steps. */
  conv3: (channel, place, step) => healthy(channel, place, step) * 10 ** Math.max(0, (step - 200) / 20),
  /** A high rate kills one channel after the other from step 40 on, and all are dead at 180. */
  conv4: (channel, place, step) => healthy(channel, place, step) - (step >= 40 + channel * 20 ? 3 : 0),
};

function* records(planted: string): Generator<RunRecord> {
  const shape = { pictures: PROBES, channels: CHANNELS, height: SIZE, width: SIZE };
  const layers = Object.keys(LAYERS).map((name, at) =>
    conv2dDescription({
      name,
      inputs: [at === 0 ? 'input' : `conv${at}`],
      inChannels: at === 0 ? 1 : CHANNELS,
      outChannels: CHANNELS,
      inputShape: [at === 0 ? 1 : CHANNELS, SIZE, SIZE],
      outputShape: [CHANNELS, SIZE, SIZE],
      input:
        at === 0
          ? { from: 'probes' }
          : { from: 'record', tag: `conv${at}/preactivation`, operations: [{ op: 'relu' }] },
    }),
  );
  const probes = Array.from({ length: PROBES }, (_, index) => ({ index, label: 0 }));
  yield runStartRecord({ probes, data: { classes: ['a'] }, model: { inputShape: [1, SIZE, SIZE], layers } });
  for (const step of STEPS) {
    const wallTime = 1_700_000_000 + step;
    // From when something goes wrong, the loss rises.
    const value = 2 / (1 + step / 100) + (planted === 'conv3' && step > 200 ? (step - 200) / 40 : 0);
    yield { kind: 'scalar', tag: 'train/loss', step, wallTime, value };
    for (const layer of Object.keys(LAYERS)) {
      const valueAt = layer === planted ? LAYERS[layer]! : healthy;
      const values = Float32Array.from({ length: PROBES * CHANNELS * SIZE * SIZE }, (_, at) => {
        const place = at % (SIZE * SIZE);
        const channel = Math.floor(at / (SIZE * SIZE)) % CHANNELS;
        const probe = Math.floor(at / (CHANNELS * SIZE * SIZE));
        return valueAt(channel, place + probe * 101, step);
      });
      yield encodeChannels(
        {
          ...{ tag: `${layer}/preactivation`, step, wallTime, layer, role: 'preactivation' },
          ...{ values, shape, layout: 'NCHW', probes: probes.map(({ index }) => index) },
        },
        (bytes) => deflateSync(bytes),
      );
    }
  }
  const end = { version: 1, reason: 'completed', seconds: 1 } as const;
  yield { kind: 'run-end', tag: 'convscope/run_end', step: 400, wallTime: 1_700_000_400, end };
}

const WIDE = 40;
const WIDE_DEAD = 12;

/** One layer of many channels, of which every third is dead from step 20 on. */
function* wideRecords(): Generator<RunRecord> {
  const layer = conv2dDescription({
    ...{ name: 'layer3.1.conv2', inputs: ['input'], inChannels: 1, outChannels: WIDE },
    ...{ inputShape: [1, SIZE, SIZE], outputShape: [WIDE, SIZE, SIZE], input: { from: 'probes' } },
  });
  const model = { inputShape: [1, SIZE, SIZE] as const, layers: [layer] };
  yield runStartRecord({ probes: [{ index: 0, label: 0 }], data: { classes: ['a'] }, model });
  for (const step of [0, 10, 20, 30]) {
    const isDead = (channel: number) => step >= 20 && channel % 3 === 0 && channel < 3 * WIDE_DEAD;
    const values = Float32Array.from({ length: WIDE * SIZE * SIZE }, (_, at) => {
      const channel = Math.floor(at / (SIZE * SIZE));
      const place = at % (SIZE * SIZE);
      return Math.sin(place * (0.9 + channel * 0.05) + channel) * 2 - (isDead(channel) ? 3 : 0);
    });
    yield encodeChannels(
      {
        ...{ tag: `${layer.name}/preactivation`, step, wallTime: 1_700_000_000 + step, layer: layer.name },
        shape: { pictures: 1, channels: WIDE, height: SIZE, width: SIZE },
        ...{ role: 'preactivation', values, layout: 'NCHW', probes: [0] },
      },
      (bytes) => deflateSync(bytes),
    );
  }
}

describe('planted faults', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    for (const layer of Object.keys(LAYERS)) writeLog(logdir, `planted-${layer}`, [...records(layer)]);
    writeLog(logdir, 'wide', [...wideRecords()]);
  });

  /** Opens a run as its loss curve shows it, and counts what is done to the page. */
  async function from(layer: string) {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=planted-${layer}`);
    let actions = 0;
    return {
      page,
      async click(selector: string) {
        actions++;
        await page.locator(selector).first().click();
        await untilDrawn(page);
      },
      async end() {
        expect(actions).toBeLessThanOrEqual(5);
        await assertClean();
      },
    };
  }

  const sentence = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  const findings = async (page: Page) => (await page.locator('.finding').allInnerTexts()).map(sentence);
  const inspector = async (page: Page) =>
    sentence(await page.locator('.inspector-title').locator('..').innerText());
  const isShown = (page: Page, parts: readonly string[]) =>
    until(async () => parts.every((part) => page.url().includes(part)), parts.join(' '));

  it('finds the channel that is dead from step 120 on', async () => {
    const { page, click, end } = await from('conv1');
    await until(async () => (await findings(page)).length === 1, 'one finding');
    expect(await findings(page)).toEqual(['5 dead 120–400']);
    await click('.finding');
    await isShown(page, ['layer=conv1', 'ch=5', 'step=120']);
    await until(async () => /dead 120–400/.test(await inspector(page)), 'the interval at the channel');
    const chip = page.getByTestId('column-output').getByRole('button', { name: 'dead 1' });
    expect(await chip.getAttribute('title')).toBe(
      'Channels that are dead, judged by 2 pictures; the others stand back (F)',
    );
    await end();
  });

  it('finds the pair of channels that are one', async () => {
    const { page, click, end } = await from('conv2');
    await until(async () => (await findings(page)).length === 1, 'one finding');
    expect(await findings(page)).toEqual(['6 = 2 0–400']);
    await click('.finding');
    await isShown(page, ['layer=conv2', 'ch=6', 'step=0']);
    expect(await inspector(page)).toContain('duplicate of 2');
    await end();
  });

  it('finds the layer that explodes, and when it began', async () => {
    const { page, click, end } = await from('conv3');
    await until(async () => (await findings(page)).length === CHANNELS, 'a finding for each channel');
    // A hundred times as large as at first after two tens of steps.
    for (const finding of await findings(page)) expect(finding).toMatch(/^\d exploding 2[45]0–400$/);
    expect(await page.locator('.findings-layer').allInnerTexts()).toEqual([
      expect.stringMatching(/^conv3\s+8$/),
    ]);
    await click('.finding');
    await isShown(page, ['layer=conv3']);
    expect(await inspector(page)).toMatch(/exploding 2[45]0–400/);
    await end();
  });

  it('finds the layer whose ReLUs die one after the other', async () => {
    const { page, click, end } = await from('conv4');
    await until(async () => (await findings(page)).length === CHANNELS, 'a finding for each channel');
    expect((await findings(page)).toSorted()).toEqual(
      Array.from({ length: CHANNELS }, (_, channel) => `${channel} dead ${40 + channel * 20}–400`),
    );
    await click('.finding');
    await isShown(page, ['layer=conv4', 'step=40']);
    expect(await inspector(page)).toContain('dead 40–400');
    await end();
  });

  it('of many channels of a layer are one line, which lists them when it is opened', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=wide`);
    await until(async () => (await findings(page)).length === 1, 'one line');
    expect(await findings(page)).toEqual([`${WIDE_DEAD} of ${WIDE} dead 20–30`]);
    const group = page.getByRole('button', { name: `${WIDE_DEAD} of ${WIDE} dead` });
    await group.click();
    await until(async () => (await findings(page)).length === 1 + WIDE_DEAD, 'the channels');
    await page.getByRole('button', { name: /^33 dead/ }).click();
    await untilDrawn(page);
    expect(await inspector(page)).toContain('out 33');
    await group.click();
    await until(async () => (await findings(page)).length === 1, 'one line again');
    await assertClean();
  });
});
