/** The page of histograms on logs of torch and Keras, and on one that grows. */
import { appendFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { goTo } from './harness/go-to.js';
import { untilDrawn } from './harness/until-drawn.js';
import { ROOT } from './support/convscope.js';
import { scalar, writeLog } from './support/logs.js';
import { RESTING_PLACE } from './support/page-pool.js';
import { useBrowser, useHub } from './support/test-browser.js';

const FIXTURES = join(ROOT, 'shared/src/event-log/fixtures/events');
const FILE = 'events.out.tfevents.1700000000.host.1.0';
const expected = JSON.parse(
  readFileSync(join(ROOT, 'shared/src/fixtures/tensorboard-histograms.json'), 'utf8'),
);

/** A histogram of 100 values whose spread grows with the step. */
function histogram(tag: string, step: number): RunRecord {
  const width = 1 + step / 10;
  const buckets = Float64Array.of(-width, 0, 30, 0, width, 70);
  return { kind: 'histogram', tag, step, wallTime: 1_700_000_000 + step, buckets };
}

const hub = useHub(({ logdir }) => {
  cpSync(join(FIXTURES, 'torch-histograms'), join(logdir, 'torch'), { recursive: true });
  cpSync(join(FIXTURES, 'keras'), join(logdir, 'keras'), { recursive: true });
  writeLog(
    logdir,
    'growing',
    [0, 1, 2].map((step) => histogram('conv1.weight', step)),
  );
  writeLog(
    logdir,
    'long',
    Array.from({ length: 300 }, (_, step) => histogram('weights/long', step)),
  );
  writeLog(
    logdir,
    'wide',
    Array.from({ length: 100 * 50 }, (_, at) => histogram(`many/${at % 100}`, Math.floor(at / 100))),
  );
  writeLog(logdir, 'scalars', [scalar('loss', 0, 1)]);
});
const browser = useBrowser();

async function show(hash: string, options = {}): Promise<Page> {
  const { page } = await browser.show(`${hub.url}#distributions${hash}`, options);
  await page.locator('.plot-card, .layer-table, .no-maps').first().waitFor();
  return page;
}

const cardOf = (page: Page, tag: string, run: string) =>
  page.locator(`.plot-card[data-tag="${tag}"][data-run="${run}"]`);

it('is complete where there is nothing to draw: no tag and no run fits', async () => {
  const { page } = await browser.show(`${hub.url}#distributions?tags=no.such.tag`);
  await page.getByText('matches the filter.').waitFor();
  await goTo(page, '#distributions?filter=no+such+run');
  expect(await page.locator('.plot-card').count()).toBe(0);
  // The filter stays as long as the document.
  await page.getByRole('textbox', { name: /Filter runs/ }).fill('');
});

/** How many different colours a plot has. */
const coloursOf = (page: Page, tag: string, run: string) =>
  cardOf(page, tag, run)
    .locator('canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });

describe('the page of histograms', () => {
  it('has a card for each tag and run, in groups that are closed and stay so', async () => {
    const page = await show('?tags=^weights');
    const card = cardOf(page, 'weights/conv1', 'torch');
    expect(await card.innerText()).toMatch(/conv1[\s\S]*torch[\s\S]*4 steps/);
    await until(async () => (await coloursOf(page, 'weights/conv1', 'torch')) > 20, 'the plot to be drawn');
    await page.getByRole('button', { name: /^weights/ }).click();
    await card.waitFor({ state: 'detached' });
    await page.reload();
    await untilDrawn(page);
    expect(await card.count()).toBe(0);
    await page.getByRole('button', { name: /^weights/ }).click();
    await card.waitFor();
  });

  it('asks for the histograms of all tags with a few requests, and for those out of sight when they are scrolled to', async () => {
    const page = await show('?tags=^none');
    const requests: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (/\/api\/events?$/.test(pathname)) requests.push(pathname);
    });
    await page.evaluate(() => {
      location.hash = '#distributions?tags=^many&view=layers';
    });
    await page.locator('tr[data-tag="many/0"]').waitFor();
    await untilDrawn(page);
    expect(await page.locator('.layers-plot canvas').count()).toBeGreaterThan(15);
    expect(requests.length).toBeLessThanOrEqual(6);
    await page.locator('tr[data-tag="many/99"]').scrollIntoViewIfNeeded();
    await until(
      async () => /\d/.test(await page.locator('tr[data-tag="many/99"]').innerText()),
      'the last tag',
    );
    await untilDrawn(page);
    expect(requests.length).toBeLessThanOrEqual(12);
  });

  it('says the bins and percentiles that TensorBoard has, by pointer and keyboard', async () => {
    const page = await show('?link=off&tags=^bins 7');
    const plot = page.getByRole('slider', { name: 'bins 7 of torch' });
    await plot.focus();
    await page.keyboard.press('ArrowRight');
    for (let bin = 0; bin <= 10; bin++) await page.keyboard.press('ArrowUp');
    const [count] = expected.fixtures.find(({ tag }: { tag: string }) => tag === 'bins 7').bins;
    const text = await plot.getAttribute('aria-valuetext');
    expect(text).toContain(`${Number(count[10].toPrecision(3))} values in`);
    expect(text).toContain('step 0');

    await page.keyboard.press('Escape');
    await plot.blur();
    await page.keyboard.press('3');
    await plot.focus();
    const [percentiles] = expected.fixtures.find(({ tag }: { tag: string }) => tag === 'bins 7').percentiles;
    await until(
      async () => (await plot.getAttribute('aria-valuetext'))?.includes('median') === true,
      'the percentiles',
    );
    expect(await plot.getAttribute('aria-valuetext')).toContain(
      `median ${percentiles[4].toFixed(3).replace('-', '−')}`,
    );
    await expect.poll(() => page.url()).toContain('view=percentiles');

    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.locator('.tooltip').getByText('93.32 %').waitFor();
  });

  it('shows a choice of many steps, and the newest ones as they are logged', async () => {
    const page = await show('?tags=long|conv1.weight');
    await expect
      .poll(() => cardOf(page, 'weights/long', 'long').innerText())
      .toContain('1 in 8 of 300 steps');
    const growing = cardOf(page, 'conv1.weight', 'growing');
    const stepsOf = async () => Number(/(\d+) steps/.exec(await growing.innerText())?.[1]);
    await expect.poll(stepsOf).toBeGreaterThanOrEqual(3);
    const before = await stepsOf();
    const frame = encodeFrame(encodeEvent(histogram('conv1.weight', before)));
    appendFileSync(join(hub.folder.logdir, 'growing', FILE), frame);
    await until(async () => (await growing.innerText()).includes(`${before + 1} steps`), 'the fourth step');
    await until(
      async () =>
        (await growing.getByRole('slider').getAttribute('aria-valuetext'))?.includes(`step ${before}`) ===
        true,
      'its newest histogram',
    );
  });

  it('lists all layers of each run with their spread', async () => {
    const page = await show('?view=layers');
    const rows = page.locator('tr[data-run="keras/train"]');
    expect(await rows.count()).toBe(4);
    await rows.first().scrollIntoViewIfNeeded();
    await until(async () => /0\.\d+/.test((await rows.first().innerText()) ?? ''), 'the numbers of the row');
    expect(await page.locator('tr[data-run="torch"]').count()).toBe(9);
  });

  it('shows the steps that are dragged over, and all of them again', async () => {
    const page = await show('?view=percentiles&tags=long');
    const card = cardOf(page, 'weights/long', 'long');
    const box = (await card.getByRole('slider').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60);
    await page.mouse.up();
    await until(() => /steps=\d+-\d+/.test(page.url()), 'the address');
    await until(async () => !(await card.innerText()).includes('of 300 steps'), 'fewer steps');
    await page.mouse.dblclick(box.x + box.width / 2, box.y + 60);
    await until(() => !page.url().includes('steps='), 'the address without steps');
    await until(async () => (await card.innerText()).includes('of 300 steps'), 'all steps');
  });

  it('goes back to the plot before', async () => {
    const page = await show('');
    await page.getByRole('button', { name: 'Overlay' }).click();
    await until(() => page.url().includes('view=overlay'), 'the address');
    await page.goBack();
    await until(
      async () =>
        (await page.getByRole('button', { name: 'Offset' }).getAttribute('aria-pressed')) === 'true',
      'the plot before',
    );
  });

  it('says that the log is being read, and why it cannot be', async () => {
    const { page } = await browser.open(`${hub.url}${RESTING_PLACE}`);
    await page.route(/\/api\/(run|v1\/listing)\b/, (route) => route.fulfill({ status: 503 }));
    await page.goto(`${hub.url}#distributions`);
    await page.getByText('The hub answered 503').first().waitFor();
    await page.unrouteAll();
    await page.locator('.plot-card').first().waitFor();
  });

  it('says which call logs a histogram where there is none', async () => {
    const page = await show('');
    const filter = page.getByRole('textbox', { name: /Filter runs/ });
    await filter.fill('scalars');
    await page.getByText('writer.add_histogram(').waitFor();
    // The filter stays as long as the document.
    await filter.fill('');
  });

  it.each([
    ['light', 1440, 900, ''],
    ['dark', 1440, 900, '?view=layers'],
    ['dark', 400, 860, '?view=percentiles'],
    ['light', 400, 860, '?view=layers'],
  ] as const)('passes axe in the %s theme at %i pixels', async (theme, width, height, hash) => {
    const page = await show(hash, { theme, width, height });
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
