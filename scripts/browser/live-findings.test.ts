/** Findings of a live run: the hub says of each new capture what it shows, and the page asks only for what it missed. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { conv2dDescription, runStartRecord } from '@convscope/shared/testing/run-start.js';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

const shape = { pictures: 1, channels: 4, height: 8, width: 8 };

const start = runStartRecord({
  probes: [{ index: 0, label: 0 }],
  data: { classes: ['a'] },
  model: {
    inputShape: [1, 8, 8],
    layers: ['conv1', 'conv2'].map((name) =>
      conv2dDescription({ name, outChannels: 4, inputShape: [1, 8, 8], outputShape: [4, 8, 8] }),
    ),
  },
});

/** Channel 3 is dead from step 20 on, but not at 50; channel 1 of conv2 repeats channel 0 at 40. */
function capture(layer: string, step: number): RunRecord {
  const values = Float32Array.from({ length: 256 }, (_, at) => {
    const [channel, place] = [at >> 6, at & 63];
    const isRepeated = layer === 'conv2' && channel === 1 && step === 40;
    const wave = Math.sin(place * (isRepeated ? 2 : channel + 2) + step);
    return channel === 3 && step >= 20 && step !== 50 ? wave - 2 : wave;
  });
  return encodeChannels(
    {
      ...{ tag: `${layer}/preactivation`, step, wallTime: Date.now() / 1000, layer, role: 'preactivation' },
      ...{ values, shape, layout: 'NCHW', probes: [0] },
    },
    (bytes) => deflateSync(bytes),
  );
}

const layers = ['conv1', 'conv2'];
const browser = useBrowser();
const hub = useHub(({ logdir }) => {
  writeLog(logdir, 'live', [start, ...layers.map((layer) => capture(layer, 0))]);
});

async function findings(page: Page): Promise<string> {
  const layers = await page.locator('.findings-layers section').allInnerTexts();
  return layers.map((text) => text.replaceAll(/\s+/g, ' ').trim()).join(' | ');
}

it('follows a run without asking for its history, and says at its end what a page says that reads all of it', async () => {
  const { page, assertClean } = await browser.open(`${hub.url}#run?run=live&layer=conv1&findings=ever`);
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('/api/history')) asked++;
  });
  await until(() => page.evaluate(() => window.__convscope?.complete === true), 'the page');
  await until(
    async () => (await page.locator('.layer-tile .badges', { hasText: 'ok' }).count()) === 2,
    'badges',
  );
  asked = 0;
  const steps = [10, 20, 30, 40, 50, 60, 70, 80];
  for (const step of steps) {
    const records = layers.map((layer) => encodeFrame(encodeEvent(capture(layer, step))));
    appendFileSync(
      join(hub.folder.logdir, 'live', 'events.out.tfevents.1700000000.host.1.0'),
      Buffer.concat(records),
    );
    const last =
      step < 20 ? '' : step < 50 ? `20–${step}`.replace(/^20–20$/, '20') : step === 50 ? '20–40' : '60';
    await until(async () => (await findings(page)).includes(last), `what holds at step ${step}`);
  }
  const ofAll = 'conv1 1 3 dead 60–80, earlier 20–40 | conv2 2 3 dead 60–80, earlier 20–40 1 = 0 40';
  await until(async () => (await findings(page)) === ofAll, 'all findings');
  // A hub that judges a capture after more than a second is asked for it.
  expect(asked).toBeLessThan(steps.length / 2);
  await page.reload();
  await until(async () => (await findings(page)) === ofAll, 'the same findings of a page that reads the log');
  await assertClean();
});
