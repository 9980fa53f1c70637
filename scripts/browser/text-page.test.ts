/** The text page: Markdown, raw texts, differences and search. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@convscope/shared/run-record.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { untilDrawn } from './harness/until-drawn.js';
import { ROOT } from './support/convscope.js';
import { writeLog } from './support/logs.js';
import { RESTING_PLACE } from './support/page-pool.js';
import { appendToLog } from './support/pictures.js';
import { type ShowOptions, useBrowser, useHub } from './support/test-browser.js';

const card = (page: Page, run: string, tag: string) =>
  page.locator(`.text-card[data-run="${run}"][data-tag="${tag}"]`);
const bodyOf = (page: Page, run: string, tag: string) => card(page, run, tag).locator('.text-well');
const text = (tag: string, step: number, ...strings: readonly string[]): RunRecord => ({
  ...{ kind: 'text', tag, step, wallTime: 1_700_000_001, strings },
  shape: strings.length === 1 ? [] : [strings.length],
});

/** What must not run, load or look like the page. */
const HOSTILE = [
  '<script>document.title = "taken"</script>',
  '<img src="https://elsewhere.test/pixel.png" alt="a pixel" onerror="document.title = \'taken\'">',
  '![a picture](https://elsewhere.test/picture.png)',
  '<a href="javascript:document.title=1">a link</a> [another](javascript:alert(1)) [good](https://good.test/x)',
  '<div style="position: fixed; inset: 0" class="toast" id="root">cover</div>',
  '<iframe src="https://elsewhere.test"></iframe><form action="/api"><input name="a"></form>',
  '<svg onload="document.title = \'taken\'"><style>* { display: none }</style></svg>',
].join('\n\n');

describe('the text page', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    writeLog(logdir, 'a', [
      text('notes', 0, '# Title\n\nThe **first** try\n\n- [x] done\n\n| a | b |\n|---|---|\n| 1 | 2 |'),
      text('notes', 10, 'The first line\nlr is 0.1\nThe end'),
      text('notes', 20, 'The first line\nlr is 0.01\nThe end'),
      text('hostile', 0, HOSTILE),
      text('console', 0, 'one'),
      text('console', 0, 'two'),
      text('console', 0, 'three'),
    ]);
    writeLog(logdir, 'b', [text('notes', 5, 'Of another run')]);
    const fixtures = join(ROOT, 'shared/src/event-log/fixtures/events');
    for (const run of ['tf2-summary', 'torch-text'])
      cpSync(join(fixtures, run), join(logdir, run), { recursive: true });
  });
  const show = async (hash = '', options?: ShowOptions) => {
    const shown = await browser.show(`${hub.url}#text${hash}`, options);
    await card(shown.page, 'a', 'notes').waitFor();
    await untilDrawn(shown.page);
    return shown;
  };

  it('says that the filter leaves out the runs, which a phone does not show, and clears it', async () => {
    const { page, assertClean } = await browser.open(`${hub.url}#text?filter=no+such+run`, {
      width: 400,
      height: 800,
    });
    await page.getByText('The filter “no such run” leaves out 4 of 4 runs.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const clear = page.getByRole('button', { name: 'Clear it' });
    // As a link, also where the run page has not been opened.
    expect(await clear.evaluate((one) => getComputedStyle(one).textDecorationLine)).toBe('underline');
    await clear.click();
    await card(page, 'a', 'notes').waitFor();
    await expect.poll(() => page.url()).not.toContain('no+such');
    await assertClean();
  });

  it('shows Markdown of the newest step at or before that of the slider', async () => {
    const { page, assertClean } = await show('?step=7');
    const body = bodyOf(page, 'a', 'notes');
    expect(await body.locator('strong').innerText()).toBe('first');
    expect(await body.locator('h4').innerText()).toBe('Title');
    expect(await body.locator('td').allInnerTexts()).toEqual(['1', '2']);
    expect(await body.innerText()).toContain('☑ done');
    expect(await bodyOf(page, 'b', 'notes').innerText()).toBe('Of another run');
    const slider = page.getByRole('slider', { name: 'Step of all texts' });
    await slider.focus();
    await page.keyboard.press('End');
    await until(async () => (await body.innerText()).includes('0.01'), 'the newest text');
    appendToLog(hub.folder.logdir, 'a', [text('notes', 30, 'A later text')]);
    await until(async () => (await body.innerText()) === 'A later text', 'the text that has come');
    await assertClean();
  });

  it('runs and loads nothing that a text holds', async () => {
    const requests: string[] = [];
    const { page, assertClean } = await browser.open(`${hub.url}${RESTING_PLACE}`);
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`${hub.url}#text?tags=hostile`);
    const body = bodyOf(page, 'a', 'hostile');
    await body.getByText('cover').waitFor();
    await untilDrawn(page);
    expect(await page.title()).not.toContain('taken');
    expect(requests.filter((url) => url.includes('elsewhere'))).toEqual([]);
    expect(
      await body
        .locator('script, img, iframe, form, input, svg, style, [style], [class=toast], [id]')
        .count(),
    ).toBe(0);
    expect(await body.innerText()).toContain('Picture “a picture” is not loaded from elsewhere');
    expect(
      await body.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    ).toEqual(['https://elsewhere.test/picture.png', null, 'https://good.test/x']);
    await assertClean();
  });

  it('shows the raw text, and what differs between two steps', async () => {
    const { page, assertClean } = await show('?step=0&mode=raw');
    expect(await bodyOf(page, 'a', 'notes').innerText()).toContain('# Title\n\nThe **first** try');
    await page.getByRole('slider', { name: 'Step of all texts' }).focus();
    await page.goto(`${hub.url}#text?step=20&mode=diff`);
    const body = bodyOf(page, 'a', 'notes');
    await until(async () => /From step 10 to step 20/.test(await body.innerText()), 'the difference');
    expect(await body.locator('ins').innerText()).toBe('lr is 0.01\n');
    expect(await body.locator('del').innerText()).toBe('lr is 0.1\n');
    await page.goto(`${hub.url}#text?step=20&mode=diff&from=0`);
    await until(async () => /From step 0 to step 20/.test(await body.innerText()), 'the other step');
    await assertClean();
  });

  it('finds the steps whose texts hold what is searched', async () => {
    const { page, assertClean } = await show();
    await page.getByRole('searchbox', { name: 'Search texts' }).fill('TITLE');
    const found = card(page, 'a', 'notes').locator('.text-found');
    await until(async () => /Found in 1 step:/.test((await found.allInnerTexts()).join()), 'the step');
    // A card without it becomes short, so that those that have it stand out.
    await expect.poll(() => card(page, 'a', 'console').innerText()).toMatch(/Not found in \d+ texts\.$/);
    expect(await bodyOf(page, 'a', 'console').count()).toBe(0);
    expect(await bodyOf(page, 'a', 'notes').count()).toBe(1);
    await found.getByRole('button', { name: '0', exact: true }).click();
    await until(async () => /step=0/.test(page.url()), 'the step in the address');
    await assertClean();
  });

  it('shows every text of a step that has several', async () => {
    const { page, assertClean } = await show();
    await card(page, 'a', 'console').scrollIntoViewIfNeeded();
    await until(async () => (await bodyOf(page, 'a', 'console').innerText()) === 'three', 'the last of them');
    await card(page, 'a', 'console').getByRole('button', { name: 'Earlier text of this step' }).click();
    await until(async () => (await bodyOf(page, 'a', 'console').innerText()) === 'two', 'the one before');
    await assertClean();
  });

  it('shows tables of TensorFlow 2, and texts of torch', async () => {
    const { page, assertClean } = await show();
    const cells = bodyOf(page, 'tf2-summary', 'table').locator('td');
    await card(page, 'tf2-summary', 'table').scrollIntoViewIfNeeded();
    await until(async () => (await cells.count()) === 4, 'the table');
    expect(await cells.allInnerTexts()).toEqual(['a', 'b', 'c', 'd']);
    await card(page, 'torch-text', 'notes/markdown/text_summary').scrollIntoViewIfNeeded();
    await until(
      async () => (await bodyOf(page, 'torch-text', 'notes/markdown/text_summary').innerText()) !== '',
      'the text of torch',
    );
    await assertClean();
  });

  it('has nothing for axe to find, in both themes', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const { page, assertClean } = await show('?tags=notes&step=20&mode=diff', { theme });
      await bodyOf(page, 'a', 'notes').locator('ins').waitFor();
      await untilDrawn(page);
      expect(await axeViolations(page)).toEqual([]);
      await assertClean();
    }
  });

  it('shows a text as it is that takes too long to render', async () => {
    // Not before: every page that shows it computes for three seconds.
    writeLog(hub.folder.logdir, 'slow', [text('slow', 0, '_a_'.repeat(60_000))]);
    const { page, assertClean } = await browser.show(`${hub.url}#text?tags=slow`);
    await until(
      async () =>
        /cannot be shown as Markdown: It takes longer than 3 s/.test(
          await bodyOf(page, 'slow', 'slow').innerText(),
        ),
      'the sentence',
    );
    expect((await bodyOf(page, 'slow', 'slow').locator('pre').innerText()).length).toBe(180_000);
    await assertClean();
  });
});
