/**
 * What the page says while it loads, what it makes of addresses, and how it does without features of the browser. One file,
 * because all of it is asked about the same three runs, on a hub that takes about as long to start as one of these tests.
 */
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import { API, HTTP } from '@convscope/shared/protocol/addresses.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { goTo } from './harness/go-to.js';
import { firstTabIsFirstControl } from './support/first-tab.js';
import { RESTING_PLACE } from './support/page-pool.js';
import { goByKeys, mapsShown, output, query, shownStep } from './support/run-page.js';
import {
  copyTrainedRun,
  type OpenOptions,
  type ShowOptions,
  useBrowser,
  useHub,
} from './support/test-browser.js';

const FILE = 'events.out.tfevents.1700000000.testhost.1.0';
/** What must not be said of a log that has maps, an end and no gap, nor of a list that has runs. */
const UNTRUE =
  /no feature maps|no data|no steps|not in this run|logs no loss|no map\b|waiting for a first run|nothing logged|there is no run|silent|\blost\b|gaps [1-9]/i;
/** What comes late, and each on its own, when a log is opened slowly. */
const LATE: ReadonlySet<string> = new Set(
  [
    HTTP.run,
    HTTP.index,
    HTTP.indexes,
    HTTP.event,
    HTTP.events,
    HTTP.histories,
    API.series,
    API.summaries,
  ].map((path) => `/${path}`),
);

declare global {
  interface Window {
    /** Everything that the page has said, frame by frame. */
    said: Set<string>;
  }
}

/** Notes the words on the page after every change of it, and those for screen readers. */
async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.said = new Set();
    const note = () => {
      window.said.add(document.body?.textContent ?? '');
      for (const element of document.querySelectorAll('[aria-valuetext], [aria-label]'))
        for (const name of ['aria-valuetext', 'aria-label'])
          window.said.add(element.getAttribute(name) ?? '');
    };
    new MutationObserver(note).observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
  });
}

const untrue = async (page: Page) =>
  (await page.evaluate(() => [...window.said])).flatMap((text) => UNTRUE.exec(text)?.[0] ?? []);

/** A log of another writer: many scalars first, tensors at the end. */
const TENSOR_LOG = Buffer.concat(tensorEvents().map((event) => encodeFrame(event)));

function tensorEvents(): Uint8Array[] {
  const wallTime = 1_700_000_000;
  const events = [encodeFileVersion(wallTime)];
  for (let step = 0; step < 60_000; step++)
    events.push(encodeEvent({ kind: 'scalar', tag: 'loss', step, wallTime, value: 1 / (step + 1) }));
  for (const tag of ['conv1/output', 'conv2/output'])
    for (const step of [0, 10, 20]) {
      const values = Float32Array.from({ length: 4 * 8 * 8 }, (_, i) => Math.sin(i + step));
      events.push(
        encodeEvent(createTensorRecord({ tag, step, wallTime, dtype: 'float32', shape: [4, 8, 8], values })),
      );
    }
  return events;
}

function writeTensorLog(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, FILE), TENSOR_LOG);
}

const shownLayer = (page: Page) => page.locator('.layer-tile[aria-current]').getAttribute('data-layer');
const shownRun = (page: Page) => page.locator('.run-row.current').getAttribute('data-run');

describe('links', () => {
  const browser = useBrowser();
  const hub = useHub(async (folder) => {
    await copyTrainedRun(folder, 'first');
    cpSync(join(folder.logdir, 'first'), join(folder.logdir, 'second'), { recursive: true });
    writeTensorLog(join(folder.logdir, 'torch'));
  });
  const { folder } = hub;
  const open = (hash: string, options?: OpenOptions) => browser.open(`${hub.url}${hash}`, options);
  const show = (hash: string, options?: ShowOptions) => browser.show(`${hub.url}${hash}`, options);

  it('says nothing untrue while it opens a log, be it slow or fast, and while the hub still reads it', async () => {
    let delay = 0;
    let asked = 0;
    const { page, assertClean } = await open(RESTING_PLACE, {
      async before(page) {
        await listen(page);
        const isLate = ({ pathname }: URL) => LATE.has(pathname);
        await page.route(isLate, async (route) => {
          if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay + 40 * (asked++ % 5)));
          await route.continue();
        });
      },
    });
    const opens = async (run: string, how: string) => {
      await page.evaluate(() => localStorage.clear());
      await page.goto(`${hub.url}#run?run=${run}`);
      await mapsShown(page, `the maps of ${run}, ${how}`);
      expect(await untrue(page), `${run}, ${how}`).toEqual([]);
      await page.goto(`${hub.url}${RESTING_PLACE}`);
      await assertClean();
    };
    for (const run of ['first', 'torch']) {
      delay = 300;
      await opens(run, 'slowly');
      delay = 0;
      await opens(run, 'fast');
    }
    await hub.restart();
    await opens('torch', 'while it is read');
  });

  it('names a run that is not there, offers the others and keeps the address', async () => {
    const { page, assertClean } = await show('#run?run=secnod&layer=conv2&step=10');
    const missing = page.locator('[data-missing-run]');
    await missing.waitFor();
    expect(await missing.innerText()).toContain('There is no run “secnod”');
    expect(await page.evaluate(() => location.hash)).toBe('#run?run=secnod&layer=conv2&step=10');
    expect(await axeViolations(page)).toEqual([]);
    await missing.getByRole('link', { name: 'second' }).click();
    await mapsShown(page);
    expect(await shownRun(page)).toBe('second');
    await page.goBack();
    await missing.waitFor();
    await assertClean();
  });

  it('says that the shown run was deleted, and shows it again when it is back', async () => {
    const { page, assertClean } = await open('#run');
    await mapsShown(page);
    const run = (await shownRun(page))!;
    const aside = join(folder.root, 'aside');
    renameSync(join(folder.logdir, run), aside);
    const missing = page.locator('main[data-missing-run]');
    await missing.waitFor();
    expect(await missing.innerText()).toContain(`The run “${run}” is no longer in`);
    expect(await page.locator('.run-row.current').count()).toBe(0);
    renameSync(aside, join(folder.logdir, run));
    await mapsShown(page, 'the run again');
    expect(await shownRun(page)).toBe(run);
    // Requests for a run that is being deleted may fail.
    await assertClean([/404|409/]);
  });

  it('names a step and a layer that are not there, offers the nearest steps and keeps the address', async () => {
    const { page, assertClean } = await show('#run?run=first&layer=conv77&step=999');
    await mapsShown(page);
    const notices = () => page.locator('.notice').allInnerTexts();
    await expect
      .poll(notices)
      .toEqual([
        expect.stringMatching(/no step 999.*last is 30.*Step 30 is shown.*Go to step 30/s),
        expect.stringContaining('no maps of a layer “conv77”: conv1 is shown'),
      ]);
    expect(await shownStep(page)).toBe(30);
    expect(await page.evaluate(() => location.hash)).toBe('#run?run=first&layer=conv77&step=999');
    await page.goto(`${hub.url}#run?run=first&step=15`);
    await expect.poll(notices).toEqual([expect.stringMatching(/No maps were captured at step 15.*10.*20/s)]);
    // As in a page that follows the run, whose link names such steps: nothing is wrong with it.
    expect(await page.locator('.notice').getAttribute('class')).not.toContain('warn');
    await expect
      .poll(() => page.locator('[aria-label="Probe pictures"] [data-of-step]').innerText())
      .toBe('predictions of step 10');
    await page.getByRole('button', { name: 'Go to step 20' }).click();
    await until(async () => (await shownStep(page)) === 20, 'step 20');
    await expect.poll(notices).toEqual([]);
    await page.goto(`${hub.url}#run?run=first&step=abc`);
    await expect.poll(notices).toEqual([expect.stringContaining('“abc”')]);
    await assertClean();
  });

  it('goes back and forward through runs, layers, pixels and pages, and never leaves', async () => {
    const { page, assertClean } = await show('#run');
    await mapsShown(page);
    const first = await shownRun(page);
    const other = first === 'second' ? 'first' : 'second';
    await page.locator(`[data-run=${other}] .cover`).click();
    await until(async () => (await shownRun(page)) === other, 'the other run');
    await mapsShown(page);
    await page.locator('[data-layer=conv2]').click();
    await until(async () => (await shownLayer(page)) === 'conv2', 'conv2');
    await mapsShown(page);
    // Steps and zooming are not places.
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'Larger tiles' }).click();
    await output(page).click({ position: { x: 12, y: 30 } });
    await until(async () => (await query(page)).has('y'), 'a pixel to be pinned');
    const pinned = (await query(page)).toString();
    await page.keyboard.press('Tab');
    await page.locator('[role=grid][aria-label^="Output channels"]').focus();
    const before = Number(new URLSearchParams(pinned).get('x'));
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
    // The address follows a little later: until it names the pixel that is shown.
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await until(async () => {
      const x = Number((await query(page)).get('x'));
      return x > before && new RegExp(`at y \\d+, x ${x}\\b`).test(await inspector.innerText());
    }, 'the pixel to move');
    const moved = Number((await query(page)).get('x'));
    await goByKeys(page, 'l');
    await page.locator('.lab').waitFor();

    await page.goBack();
    await until(async () => Number((await query(page)).get('x')) === moved, 'the moved pixel');
    await page.goBack();
    await until(async () => (await query(page)).toString() === pinned, 'the pinned pixel, in one step');
    await page.goBack();
    await until(async () => !(await query(page)).has('y'), 'no pixel');
    expect([await shownLayer(page), await shownRun(page)]).toEqual(['conv2', other]);
    await page.goBack();
    await until(async () => (await shownLayer(page)) === 'conv1', 'the layer before');
    await page.goBack();
    await until(async () => (await shownRun(page)) === first, 'the run before');
    for (let i = 0; i < 5; i++) await page.goForward();
    await page.locator('.lab').waitFor();
    await assertClean();
  });

  it('keeps the lab’s state, and goes back through its presets', async () => {
    const { page, assertClean } = await show('#lab');
    const presets = page.locator('.lab-preset');
    await presets.nth(1).click();
    const one = await page.evaluate(() => location.hash);
    await presets.nth(2).click();
    const two = await page.evaluate(() => location.hash);
    expect(two).not.toBe(one);
    await goByKeys(page, 'r');
    await page.locator('.run').waitFor();
    await goByKeys(page, 'l');
    await page.locator('.lab').waitFor();
    expect(await page.evaluate(() => location.hash)).toBe(two);
    for (let i = 0; i < 3; i++) await page.goBack();
    await until(async () => (await page.evaluate(() => location.hash)) === one, 'the preset before');
    await assertClean();
  });

  it('keeps filter and hidden curves in the address, and when loaded from it gives the first Tab to the first control', async () => {
    const { page, assertClean } = await show('#run?run=first');
    await mapsShown(page);
    await page.locator('#run-filter').fill('first|second');
    await page.getByRole('button', { name: 'Draw the curve of second' }).click();
    await until(async () => (await query(page)).get('hide') === 'second', 'the hidden run in the address');
    expect((await query(page)).get('filter')).toBe('first|second');
    await page.reload();
    await mapsShown(page);
    expect(await firstTabIsFirstControl(page)).toBe(true);
    expect(await page.locator('#run-filter').inputValue()).toBe('first|second');
    expect(await page.locator('.run-row').count()).toBe(2);
    const toggle = page.getByRole('button', { name: 'Draw the curve of second' });
    expect(await toggle.getAttribute('aria-pressed')).toBe('false');
    await assertClean();
  });

  it('keeps the filter and the drawn runs in the addresses of other pages too', async () => {
    const { page, assertClean } = await show('#scalars?filter=first|torch&hide=torch');
    const filter = page.locator('#run-filter');
    await until(async () => (await page.locator('.run-row').count()) === 2, 'the runs of the link');
    expect(await filter.inputValue()).toBe('first|torch');
    const drawn = page.getByRole('button', { name: 'Draw the curve of torch' });
    expect(await drawn.getAttribute('aria-pressed')).toBe('false');
    // Every page says them as soon as it is shown, and when they change.
    await goTo(page, '#images');
    await until(async () => (await query(page)).get('hide') === 'torch', 'the hidden run in the address');
    await filter.fill('first');
    await until(async () => (await query(page)).get('filter') === 'first', 'the filter in the address');
    for (const name of ['Distributions', 'Text', 'Summary', 'Scalars', 'Run']) {
      await page.getByRole('link', { name, exact: true }).click();
      await until(async () => (await query(page)).get('filter') === 'first', `the filter on ${name}`);
      expect((await query(page)).get('hide')).toBe('torch');
      expect(await page.locator('.run-row').count()).toBe(1);
    }
    await assertClean();
  });

  it('follows the order of the channels with J and K', async () => {
    const { page, assertClean } = await show('#run?run=first&layer=conv1&sort=mean&lock=channel');
    await mapsShown(page);
    const order = ((await output(page).getAttribute('data-order')) ?? '').split(',').map(Number);
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    const at = order.indexOf(0);
    const next = order[at + 1] ?? order.at(-1)!;
    await page.keyboard.press('j');
    await until(async () => Number((await query(page)).get('ch') ?? 0) === next, 'the next in order');
    await page.keyboard.press('k');
    const before = at + 1 < order.length ? 0 : order[at - 1]!;
    await until(async () => Number((await query(page)).get('ch') ?? 0) === before, 'the one before');
    await assertClean();
  });

  it('closes the drawer of a phone when a run is chosen in it', async () => {
    const { page, assertClean } = await show('#run?run=first', { width: 400, height: 860 });
    await mapsShown(page);
    await page.getByRole('button', { name: 'Runs, config and findings' }).click();
    await page.locator('[data-run=second] .cover').click();
    await page.locator('.rail').waitFor({ state: 'detached' });
    await until(async () => (await query(page)).get('run') === 'second', 'the chosen run');
    await mapsShown(page);
    await assertClean();
  });

  it('renders and copies a link without the features that a browser may lack', async () => {
    const { page, assertClean } = await open('#run?run=first&layer=conv1', {
      before: (page) =>
        page.addInitScript(() => {
          const missing = [
            ...['ResizeObserver', 'IntersectionObserver', 'matchMedia', 'Worker', 'SharedWorker'],
            ...['OffscreenCanvas', 'createImageBitmap', 'structuredClone', 'requestIdleCallback'],
            ...['BroadcastChannel', 'scheduler', 'Notification', 'SharedArrayBuffer'],
            ...['ImageDecoder', 'CompressionStream', 'DecompressionStream', 'Highlight', 'visualViewport'],
          ];
          Reflect.deleteProperty(CSS, 'highlights');
          for (const name of missing) Reflect.deleteProperty(window, name);
          for (const name of ['clipboard', 'locks', 'storage', 'permissions', 'serviceWorker'])
            Reflect.deleteProperty(Navigator.prototype, name);
          Reflect.deleteProperty(Crypto.prototype, 'randomUUID');
          Reflect.deleteProperty(Crypto.prototype, 'subtle');
          Reflect.deleteProperty(Document.prototype, 'fonts');
          for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
            Object.defineProperty(window, name, {
              get: () => {
                throw new DOMException('Access is denied for this document.', 'SecurityError');
              },
            });
          Object.defineProperty(window, 'isSecureContext', { value: false });
          for (const name of ['pushState', 'replaceState'])
            Object.defineProperty(History.prototype, name, {
              value: () => {
                throw new DOMException('Attempt to change the address more than 100 times', 'SecurityError');
              },
            });
        }),
    });
    await mapsShown(page);
    expect(await page.locator('.layer-tile[data-layer]').count()).toBeGreaterThan(2);
    expect((await output(page).boundingBox())!.width).toBeGreaterThan(100);
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('Link copied').waitFor();
    await page.locator('#run-filter').focus();
    await page.keyboard.press('Control+V');
    expect(await page.locator('#run-filter').inputValue()).toMatch(/#run\?run=first&layer=conv1&step=30$/);
    await page.locator('#run-filter').fill('');
    await page.keyboard.press('Escape');

    // Where copying is impossible, the link is shown, selected.
    await page.evaluate(() => {
      document.execCommand = () => false;
    });
    await page.getByRole('button', { name: 'Copy link' }).click();
    const field = page.getByRole('textbox', { name: 'Text to copy' });
    await field.waitFor();
    expect(await field.inputValue()).toContain('#run?run=first&layer=conv1&step=30');
    expect(
      await field.evaluate(
        (one: HTMLTextAreaElement) => one.selectionEnd - one.selectionStart === one.value.length,
      ),
    ).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    // What each page shows of a log, whether it has something for the page or not.
    const part = 'main section, main canvas, .nothing-logged, .summary-grid';
    for (const name of [
      'Scalars',
      'Images',
      'Distributions',
      'Text',
      'HParams',
      'Summary',
      'Other',
      'Compare',
    ]) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.locator('.top .tabs [aria-current]').getByText(name, { exact: true }).waitFor();
      await page.locator(part).first().waitFor();
    }
    await page.getByRole('link', { name: 'Lab', exact: true }).click();
    await page.locator('.lab').waitFor();
    await page.locator('.lab-preset').nth(2).click();
    await assertClean();
  });

  it('says which run is gone when it was the only one', async () => {
    for (const run of ['first', 'second'])
      renameSync(join(folder.logdir, run), join(folder.root, `aside-${run}`));
    try {
      const { page, assertClean } = await show('#run?run=torch');
      await mapsShown(page);
      rmSync(join(folder.logdir, 'torch'), { recursive: true });
      const note = page.locator('[data-missing-run=torch]');
      await note.waitFor();
      await expect.poll(() => page.locator('body').innerText()).toContain('Nothing logged yet');
      expect(await note.innerText()).toContain('is no longer in');
      await assertClean([/404|409/]);
    } finally {
      for (const run of ['first', 'second'])
        renameSync(join(folder.root, `aside-${run}`), join(folder.logdir, run));
      writeTensorLog(join(folder.logdir, 'torch'));
    }
  });
});
