/**
 * The layouts of scalars that torch, tensorboardX and TensorBoard's own summary log, as the scalars page draws them.
 * `fixtures/writers/write_logs.py` wrote the logs.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { untilDrawn } from './harness/until-drawn.js';
import { ROOT } from './support/convscope.js';
import { useBrowser, useHub } from './support/test-browser.js';

const LOGS = join(ROOT, 'scripts/browser/fixtures/writers');
const RUNS = ['torch', 'tensorboardx', 'layouts/first', 'layouts/second', 'layouts/damaged'];

describe('logged layouts', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    for (const run of RUNS) cpSync(join(LOGS, run), join(logdir, run), { recursive: true });
  });
  const open = async (query = '', options = {}) => {
    const { page } = await browser.show(`${hub.url}#scalars?smoothing=0${query}`, options);
    return page;
  };
  const plot = (page: Page, id: string) => page.locator(`[data-card="${id}"] .card-plot`);
  const groups = (page: Page) => page.locator('.group-head .medium').allTextContents();

  it('are drawn as groups of cards above those of single tags, merged by the titles of their categories', async () => {
    const page = await open();
    await expect.poll(() => groups(page)).toEqual(['fit', 'rest', 'losses', 'loss', 'error', 'system']);
    // Two runs with four tags each, and three with two of them; the damaged run has logged one step of both kinds.
    await expect.poll(() => plot(page, 'fit: losses and errors').getAttribute('data-curves')).toBe('16');
    await expect.poll(() => plot(page, 'losses: train and test').getAttribute('data-curves')).toBe('10');
    await page.getByText(/^The layout of layouts\/damaged cannot be read: Field 2 /).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('keep a category closed that the layout has closed, until it is opened, and remember that', async () => {
    const page = await open();
    expect(await page.locator('[data-card^="rest: "]').count()).toBe(0);
    await page.getByRole('button', { name: /^rest/ }).click();
    const note = page.getByText('(unclosed is no regular expression that can be used');
    await note.waitFor();
    // It keeps off the edges of its card, also where it takes several lines.
    const { paddingLeft, paddingRight } = await note.evaluate((one) => getComputedStyle(one));
    expect([Number.parseFloat(paddingLeft), Number.parseFloat(paddingRight)]).toEqual([12, 12]);
    await page.reload();
    await untilDrawn(page);
    await page.locator('[data-card="rest: empty"]').waitFor();
  });

  it('draw a band between the margins, and read value and margins at the pointer', async () => {
    const page = await open('&outliers=1');
    const spread = plot(page, 'losses: spread');
    await expect.poll(() => spread.getAttribute('data-bands')).toBe('5');
    const [lowest, highest] = ((await spread.getAttribute('data-y')) ?? '').split(',').map(Number);
    // The axis holds the margins: from 1/30 + 0.05 to 1 + 0.2.
    expect(lowest).toBeLessThan(1 / 30 + 0.05);
    expect(highest).toBeGreaterThan(1.2);
    const box = (await spread.boundingBox())!;
    await page.mouse.move(box.x + box.width - 16, box.y + box.height / 2);
    const tip = page.locator('.curve-tip tbody tr', { hasText: 'layouts/first' });
    await expect.poll(() => tip.innerText()).toMatch(/0\.133 \(0\.0833 to 0\.233\)/);
  });

  it('are filtered and pinned as other cards, and can be asked for in an address', async () => {
    const page = await open('&tags=spread');
    await expect.poll(() => groups(page)).toEqual(['losses']);
    await page.getByRole('button', { name: 'Pin spread' }).click();
    await page.getByRole('heading', { name: 'Pinned' }).waitFor();
    await expect.poll(() => decodeURIComponent(page.url())).toContain('pin=losses:+spread');
    const other = await open('&full=fit:+margins');
    await expect.poll(() => plot(other, 'fit: margins').getAttribute('data-bands')).toBe('8');
  });

  it('can be read and used in a narrow window', async () => {
    const page = await open('', { width: 400, height: 800 });
    await expect.poll(() => plot(page, 'losses: spread').getAttribute('data-bands')).toBe('5');
    const overflow = () => document.documentElement.scrollWidth > innerWidth;
    expect(await page.evaluate(overflow)).toBe(false);
  });
});
