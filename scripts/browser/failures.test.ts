/** What the page does with tensors, addresses and answers that it cannot use: a sentence in their place, and all else goes on. */
import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { untilDrawn } from './harness/until-drawn.js';
import { maps, range, scalars, writeLog } from './support/logs.js';
import { RESTING_PLACE } from './support/page-pool.js';
import { output } from './support/run-page.js';
import { type OpenOptions, useBrowser, useHub, useStaticSite } from './support/test-browser.js';

/** Requests for one event, and for several. */
const EVENTS = /\/api\/events?(\?|$)/;
/** All requests for data. */
const DATA = /\/api\/(?!session)/;
const failures = (page: Page) => page.locator('[data-load-failures]');

describe('the page', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    const loss = scalars('loss', range(0, 50), (step) => 1 / (1 + step));
    writeLog(logdir, 'empty', [
      ...loss,
      maps('none/output', 0, [0, 8, 8]),
      maps('low/output', 0, [4, 0, 8]),
      maps('narrow/output', 0, [4, 8, 0]),
      maps('nobody/output', 0, [0, 4, 8, 8]),
      maps('blind/output', 0, [4, 8, 8]),
      maps('blind/input', 0, [0, 8, 8]),
      maps('blind/weight', 0, [4, 0, 3, 3]),
      maps('whole/output', 0, [4, 8, 8]),
    ]);
    writeLog(logdir, 'whole', [
      ...loss,
      ...[0, 10, 20, 30, 40].flatMap((step) => [
        maps('conv1/output', step, [4, 8, 8]),
        maps('conv2/output', step, [8, 4, 4]),
      ]),
    ]);
  });
  const open = (hash: string, options?: OpenOptions) => browser.open(`${hub.url}${hash}`, options);
  /** Answers requests in another way, in a page that has loaded the app before, until the test has ended. */
  const openAnswered = async (
    hash: string,
    requests: RegExp,
    answer: (route: Route) => unknown,
    options?: OpenOptions,
  ) => {
    const opened = await open(RESTING_PLACE, options);
    await opened.page.route(requests, answer);
    await opened.page.goto(`${hub.url}${hash}`);
    return opened;
  };

  it('says of a tensor without values what its shape is, in place of its map', async () => {
    const { page, assertClean } = await browser.show(`${hub.url}#run?run=empty&layer=whole`);
    for (const [layer, shape] of [
      ['none', '[0, 8, 8]'],
      ['low', '[4, 0, 8]'],
      ['narrow', '[4, 8, 0]'],
      ['nobody', '[0, 4, 8, 8]'],
    ]) {
      await page.locator(`[data-layer=${layer}]`).click();
      const said = page.locator('.pane.output [data-empty]');
      await expect.poll(() => said.innerText()).toContain(`${layer}/output has the shape ${shape}`);
      expect(await page.locator('[role=alert]').count(), layer).toBe(0);
      // No number is read from nothing.
      expect(await page.locator('.inspector').innerText()).not.toMatch(/[−+]∞|NaN|undefined|dead/);
    }
    expect(await axeViolations(page)).toEqual([]);

    await page.locator('[data-layer=blind]').click();
    await expect.poll(() => output(page).getAttribute('data-layer')).toBe('blind');
    // The output is drawn before the other panes.
    await expect
      .poll(() => page.locator('.pane.input').innerText())
      .toContain('blind/input has the shape [0, 8, 8]');
    await expect
      .poll(() => page.locator('.pane.kernels').innerText())
      .toContain('blind/weight has the shape [4, 0, 3, 3]');
    await page.setViewportSize({ width: 400, height: 860 });
    await page.getByRole('button', { name: /^Kernels/ }).click();
    await page.locator('.pane.kernels [data-empty]').waitFor();
    expect(await page.locator('[role=alert]').count()).toBe(0);
    await assertClean();
  });

  it('says that it reads the log, and nothing of what is not logged, until the hub has answered', async () => {
    const { page } = await openAnswered('#scalars', DATA, () => undefined);
    await page.locator('.run-row').first().waitFor();
    for (const hash of ['#scalars', '#images', '#distributions', '#text', '#hparams', '#summary', '#other']) {
      await page.evaluate((next) => {
        location.hash = next;
      }, hash);
      const main = page.locator('main');
      await expect.poll(() => main.innerText(), { message: hash }).toContain('Reading the log.');
      expect(await main.innerText(), hash).not.toMatch(/writer\.|logs no|logged|says nothing/);
    }
  });

  it('says at every width that the log of a run cannot be read, and reads it as soon as it can', async () => {
    let isBroken = true;
    const { page } = await openAnswered(
      '#run?run=whole',
      DATA,
      (route) =>
        isBroken ? route.fulfill({ status: 503, json: { error: 'The hub is busy.' } }) : route.fallback(),
      { width: 400, height: 860 },
    );
    await page.getByText('The log cannot be read: The hub is busy. The page tries again.').waitFor();
    await page.evaluate(() => {
      location.hash = '#compare?a=whole&b=whole';
    });
    const main = page.locator('main');
    await expect.poll(() => main.innerText()).toContain('A: its log could not be read.');
    expect(await main.innerText()).not.toContain('Loading');
    isBroken = false;
    await expect.poll(() => main.innerText()).toMatch(/step 40\b/);
    expect(await main.innerText()).not.toContain('could not be read');
  });

  it('goes on without a part that cannot be drawn, and draws it again when it can', async () => {
    const { page } = await open('#lab');
    // A canvas may be larger than the browser allows.
    await page.evaluate(() => {
      const real = CanvasRenderingContext2D.prototype.createImageData;
      let isBroken = true;
      addEventListener('mend', () => {
        isBroken = false;
      });
      CanvasRenderingContext2D.prototype.createImageData = function (
        this: CanvasRenderingContext2D,
        ...size
      ) {
        if (isBroken && this.canvas.dataset['grid'] === 'output') throw new Error('Out of memory.');
        return Reflect.apply(real, this, size) as ImageData;
      } as typeof real;
      location.hash = '#run?run=whole&layer=conv1';
    });
    const alert = page.locator('.panes [role=alert]');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('The output cannot be drawn: Out of memory.');
    for (const part of ['.timeline', '.layers', '.run-list', '.inspector', '.top .status', '.foot'])
      expect(await page.locator(part).isVisible(), part).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
    await page.evaluate(() => dispatchEvent(new Event('mend')));
    await alert.getByRole('button', { name: 'Try again' }).click();
    await output(page).waitFor();
    expect(await page.locator('[role=alert]').count()).toBe(0);
  });

  it('opens any address and any token', async () => {
    const { page } = await open(RESTING_PLACE);
    const opens = async (hash: string) => {
      await page.goto(`${hub.url}${hash}`);
      await page.locator('header.top').waitFor();
      await page.locator('main').first().waitFor();
      await untilDrawn(page);
      expect(await page.locator('[role=alert]').count(), hash).toBe(0);
      expect(await page.locator('footer').isVisible(), hash).toBe(true);
    };
    for (const hash of [
      '#token=%E0%A4%A',
      '#token=%',
      `#token=${'x'.repeat(50_000)}`,
      '#%',
      '#run?ch=1e308&y=-0&x=99999999999999999999&step=-999999999999999&zoom=1e9&probe=NaN',
    ]) {
      // A document of its own.
      await page.goto(`${hub.url}${RESTING_PLACE}`);
      await opens(hash);
    }
    // The page that is open reads an address as a new one does.
    for (const hash of [
      '#?',
      '#run?run=%E0%A4%A&layer=%00',
      '#lab?h=1e9&iv=1_',
      `#run?filter=${'('.repeat(2000)}`,
      '#run?output-limits=-1e308,1e308&steps=5-4',
      '#lab?stack=&g=0',
      '#run?run=__proto__',
      '#run?run=whole&kernel-zoom=24&in=7&terms=all&hide=%00&draw=&curve=%F0%9F%92%A9',
    ])
      await opens(hash);
  });

  it('asks again for what the hub could not give, and then says so and offers another try', async () => {
    let isBusy = true;
    let asked = 0;
    const { page, assertClean } = await openAnswered(
      '#run?run=whole&layer=conv1&step=40',
      EVENTS,
      async (route) => {
        asked++;
        // The first two answers say that the hub is busy, whatever is asked for.
        if (asked <= 2) await route.fulfill({ status: 503, json: { error: 'The hub is busy.' } });
        else await route.continue();
      },
    );
    await untilDrawn(page);
    expect(asked).toBeGreaterThan(2);
    expect(await output(page).getAttribute('data-step')).toBe('40');
    expect(await failures(page).count()).toBe(0);

    await page.route(EVENTS, (route) =>
      isBusy ? route.fulfill({ status: 500, json: { error: 'The hub failed.' } }) : route.fallback(),
    );
    await page.goto(`${hub.url}#run?run=whole&layer=conv2&step=10`);
    await expect.poll(() => failures(page).innerText()).toContain('conv2/output at step 10: The hub failed.');
    expect(await axeViolations(page)).toEqual([]);
    isBusy = false;
    await failures(page).getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => output(page).getAttribute('data-step')).toBe('10');
    await expect.poll(() => failures(page).count()).toBe(0);
    await assertClean([/50[03]/]);
  });

  it('decodes by itself when its worker cannot be loaded', async () => {
    let refused = 0;
    const { page } = await openAnswered('#run?run=whole&layer=conv1', /decode-worker/, async (route) => {
      refused++;
      await route.abort();
    });
    await untilDrawn(page);
    expect(refused).toBeGreaterThan(0);
    expect(await output(page).getAttribute('data-step')).toBe('40');
    expect(await failures(page).count()).toBe(0);
  });

  it('says so where there is no WebSocket, and keeps the lab', async () => {
    const { page, assertClean } = await open('#run', {
      before: (page) =>
        page.addInitScript(() => {
          Object.defineProperty(globalThis, 'WebSocket', { value: undefined });
        }),
    });
    await expect.poll(() => page.locator('main').innerText()).toContain('This browser offers no WebSocket');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Lab' }).click();
    await page.getByTestId('lab-sum').waitFor();
    await assertClean();
  });
});

describe('a page without a hub', () => {
  const browser = useBrowser();
  const site = useStaticSite();

  it('says that nothing answers, while nothing does', async () => {
    const { page } = await browser.open(`${site.url}${RESTING_PLACE}`);
    await page.route('**/api/**', (route) => route.abort());
    await page.goto(site.url);
    await expect.poll(() => page.locator('main').innerText()).toContain('The hub does not answer');
  });

  it('says that there is none where another server answers, on a phone too', async () => {
    const { page } = await browser.open(site.url, { width: 400, height: 860, theme: 'dark' });
    await expect.poll(() => page.locator('main').innerText()).toContain('No hub here');
    expect(await axeViolations(page)).toEqual([]);
  });
});
