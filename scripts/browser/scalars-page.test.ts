/**
 * The scalars page: its cards, how they are looked at, arranged and saved, and new points. One file, because its tests share one
 * hub and count the points of its live run, to which two of them add.
 */
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { goTo } from './harness/go-to.js';
import { untilDrawn } from './harness/until-drawn.js';
import { range, scalar, scalars, writeLog } from './support/logs.js';
import { RESTING_PLACE } from './support/page-pool.js';
import { type OpenOptions, type ShowOptions, useBrowser, useHub } from './support/test-browser.js';

const namesOf = (places: Element[]) => places.map((one) => one.getAttribute('data-place'));
const loss = (step: number) => 2 * Math.exp(-step / 60) + 0.1 * Math.sin(step * 1.7);

function append(logdir: string, run: string, step: number, value: number): void {
  const folder = join(logdir, run);
  const [file] = readdirSync(folder);
  appendFileSync(join(folder, file!), encodeFrame(encodeEvent(scalar('train/loss', step, value))));
}

describe('the scalars page', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    for (const seed of [1, 2, 3])
      writeLog(logdir, `exp_seed${seed}`, [
        ...scalars('train/loss', range(0, 200), (step) => loss(step) + seed / 10),
        ...scalars('train/lr', range(0, 200), (step) => 1e-3 * (1 - step / 200)),
        ...scalars('val/acc', range(0, 200, 20), (step) => step / 300 + seed / 100),
      ]);
    writeLog(logdir, 'diverged', [
      ...scalars('train/loss', range(0, 20), loss),
      scalar('train/loss', 20, Number.NaN),
      scalar('train/loss', 21, Number.POSITIVE_INFINITY),
    ]);
    writeLog(logdir, 'live', scalars('train/loss', range(0, 10), loss));
    writeLog(
      logdir,
      'spike',
      scalars('long/loss', range(0, 30_000), (step) => (step === 12_345 ? 500 : Math.sin(step / 900))),
    );
    writeLog(logdir, 'resumed', [
      ...scalars('part/loss', range(0, 30), loss),
      ...scalars('part/loss', range(10, 50), () => 3),
    ]);
  });
  const addressOf = (query: string) => `${hub.url}#scalars${query === '' ? '' : `?${query}`}`;
  const show = async (query = '', options?: ShowOptions) =>
    (await browser.show(addressOf(query), options)).page;
  /** With a storage of its own, for what the page remembers. */
  const open = async (query = '', options?: OpenOptions) => {
    const { page } = await browser.open(addressOf(query), options);
    await untilDrawn(page);
    return page;
  };
  const card = (page: Page, tag: string) => page.locator(`[data-card="${tag}"]`);
  const plot = (page: Page, tag: string) => card(page, tag).locator('.card-plot');
  const pairOf = async (locator: Locator, name: string) =>
    ((await locator.getAttribute(name)) ?? '').split(',').map(Number) as [number, number];
  /** A point of a plot, as shares of its width and height. */
  const place = async (locator: Locator, x: number, y: number) => {
    const box = (await locator.boundingBox())!;
    return { x: box.x + box.width * x, y: box.y + box.height * y };
  };

  it('names what in the address cannot be read, as other pages do, until something is changed', async () => {
    const page = await show('smoothing=7&x=epochs');
    const notice = page.locator('[data-address-problems]');
    await expect
      .poll(() => notice.innerText())
      .toBe(
        'smoothing=7 in the address is not auto or a number from 0 to 0.999: it is auto. ' +
          'x=epochs in the address is not one of step, wall, relative: it is step.',
      );
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Log y' }).click();
    await expect.poll(() => notice.count()).toBe(0);
    await page.goto(`${hub.url}#images?zoom=5`);
    await expect.poll(() => notice.innerText()).toMatch(/^zoom=5 in the address is not one of 1, 2, 3, 4, 6/);
  });

  it('draws a card for each scalar of the drawn runs, in groups by prefix, those with a loss first', async () => {
    const page = await show();
    await until(
      async () => (await plot(page, 'train/loss').getAttribute('data-curves')) === '5',
      'all curves',
    );
    // The hub may still be reading the long run.
    await until(
      async () =>
        (await page.locator('.group-head .medium').allTextContents()).join() === 'train,long,part,val',
      'the groups',
    );
    await until(async () => (await plot(page, 'train/lr').getAttribute('data-curves')) === '3', 'its curves');
    await until(
      async () => (await plot(page, 'train/loss').getAttribute('data-points')) === String(3 * 200 + 22 + 10),
      'all points',
    );
  });

  it('stays drawn while its window gets so narrow that the runs are a list, and wide again', async () => {
    const { page, assertClean } = await browser.show(addressOf(''));
    const runs = page.locator('.rail .run-row');
    const width = async () => (await page.locator('.rail').boundingBox())?.width;
    const wide = await width();
    await page.setViewportSize({ width: 1300, height: 900 });
    await expect.poll(width).toBeLessThan(wide!);
    await runs.first().waitFor();
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect.poll(width).toBe(wide);
    await runs.first().waitFor();
    await assertClean();
  });

  it('is complete where there is nothing to draw: no run or tag fits, no run is drawn, all groups are closed', async () => {
    const page = await open('tags=train');
    await page.getByRole('button', { name: /^train/ }).click();
    await untilDrawn(page);
    expect(await card(page, 'train/loss').count()).toBe(0);
    // The choice of runs stays for as long as the document.
    for (const [query, says] of [
      ['tags=no.such.tag', 'None of 5 tags matches.'],
      ['others=none', 'No run is drawn'],
      ['filter=no+such+run', 'No run is drawn'],
    ] as const) {
      await goTo(page, `#scalars?${query}`);
      await page.getByText(says).waitFor();
    }
  });

  it('asks for what the cards on the screen draw of the same runs together', async () => {
    // A document of the hub without scripts.
    const { page } = await browser.open(`${hub.url}${RESTING_PLACE}`);
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/v1/series')) asked.push(request.postData() ?? '');
    });
    await page.goto(addressOf(''));
    await untilDrawn(page);
    const tags = asked.map((body): readonly string[] => JSON.parse(body).tags);
    expect(tags.filter((some) => some.includes('train/lr'))).toEqual([['train/lr', 'val/acc']]);
  });

  it('remembers how much somebody smooths, which groups are closed and which cards are pinned', async () => {
    // All pinned cards fit into one row.
    const page = await open('', { width: 1380, height: 900 });
    const lines = (tag: string) => plot(page, tag).getAttribute('data-lines');
    // Of three runs, with the raw line beside each smoothed one: short series and learning rates are not smoothed.
    await expect.poll(() => lines('val/acc')).toBe('3');
    await expect.poll(() => lines('train/lr')).toBe('3');
    // Three runs of 200 points, the 22 of the diverged one and the few of the live one.
    await expect.poll(() => lines('train/loss')).toBe('9');
    const slider = page.getByRole('slider', { name: 'Smoothing' });
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => lines('val/acc')).toBe('6');
    await expect.poll(() => lines('train/lr')).toBe('6');

    // Cards are moved by key and by dragging.
    const pinned = () => page.locator('[aria-label=Pinned] [data-place]').evaluateAll(namesOf);
    for (const tag of ['train/loss', 'train/lr', 'val/acc']) {
      await page.getByRole('button', { name: `Pin ${tag}` }).click();
      await page.locator(`[aria-label=Pinned] [data-card="${tag}"]`).waitFor();
    }
    expect(await pinned()).toEqual(['train/loss', 'train/lr', 'val/acc']);
    await plot(page, 'val/acc').focus();
    await page.keyboard.press('Shift+ArrowUp');
    await until(async () => (await pinned()).join() === 'train/loss,val/acc,train/lr', 'the moved card');
    await card(page, 'train/lr')
      .locator('.card-head')
      .dragTo(page.locator('[data-place="train/loss"]'), { targetPosition: { x: 12, y: 100 } });
    await until(async () => (await pinned()).join() === 'train/lr,train/loss,val/acc', 'the dragged card');
    const inAddress = () => new URLSearchParams(new URL(page.url()).hash.split('?')[1]).getAll('pin').join();
    await until(() => inAddress() === 'train/lr,train/loss,val/acc', 'the dragged card in the address');

    await page.getByRole('button', { name: /^long/ }).click();
    await card(page, 'long/loss').waitFor({ state: 'detached' });
    await page.reload();
    await untilDrawn(page);
    expect(await card(page, 'long/loss').count()).toBe(0);
    await page.getByRole('button', { name: /^long/ }).click();
    await card(page, 'long/loss').waitFor();
    expect(await pinned()).toEqual(['train/lr', 'train/loss', 'val/acc']);
    await expect.poll(() => lines('val/acc')).toBe('6');
    await page.getByRole('button', { name: 'Auto' }).click();
    await expect.poll(() => lines('val/acc')).toBe('3');
    await expect.poll(() => page.url()).toContain('smoothing=auto');
    await plot(page, 'val/acc').hover();
    await page.locator('.curve-tip').waitFor();
    expect(await page.locator('.curve-tip').innerText()).not.toContain('smoothed');
  });

  it('filters tags by a regular expression, and keeps it in the address', async () => {
    const page = await show();
    await page.keyboard.press('/');
    await page.keyboard.type('^(train|val)/.*[sc]$');
    await until(async () => (await page.locator('.card-place').count()) === 2, 'the tags that match');
    await until(
      () => decodeURIComponent(page.url()).includes('tags=^(train|val)/.*[sc]$'),
      'the filter in the address',
    );
    await page.keyboard.type('(');
    await page
      .getByText('This is not a regular expression that can be used, and is looked for as it is.')
      .waitFor();
  });

  it('draws new points as they are logged', async () => {
    const page = await show('tags=train/loss');
    const points = async () => Number(await plot(page, 'train/loss').getAttribute('data-points'));
    await until(async () => (await points()) === 632, 'the points of the logs');
    for (let step = 10; step < 15; step++) append(hub.folder.logdir, 'live', step, loss(step));
    await until(async () => (await points()) === 637, 'the new points');
  });

  it('lists the values of all runs at the pointer', async () => {
    const page = await show('tags=train/loss&smoothing=0&link=step');
    await until(
      async () => (await plot(page, 'train/loss').getAttribute('data-curves')) === '5',
      'all curves',
    );
    const at = await place(plot(page, 'train/loss'), 0.5, 0.5);
    await page.mouse.move(at.x, at.y);
    const rows = page.locator('.curve-tip tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(5);
    expect((await rows.allTextContents()).join('\n')).toContain('exp_seed1');
  });

  it('zooms into what is dragged over, moves with Shift and shows all after a double click', async () => {
    const page = await show('tags=train/loss');
    const it = plot(page, 'train/loss');
    await until(async () => (await it.getAttribute('data-curves')) === '5', 'all curves');
    const whole = await pairOf(it, 'data-x');
    const [from, to] = [await place(it, 0.4, 0.5), await place(it, 0.7, 0.5)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.mouse.up();
    const zoomed = await pairOf(it, 'data-x');
    expect(zoomed[0]).toBeGreaterThan(whole[0] + 40);
    expect(zoomed[1]).toBeLessThan(whole[1] - 40);
    await page.keyboard.down('Shift');
    await page.mouse.down();
    await page.mouse.move(from.x, from.y, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    const moved = await pairOf(it, 'data-x');
    expect(moved[0]).toBeGreaterThan(zoomed[0]);
    expect(moved[1] - moved[0]).toBeCloseTo(zoomed[1] - zoomed[0], 6);
    await page.mouse.dblclick(from.x, from.y);
    expect(await pairOf(it, 'data-x')).toEqual(whole);
  });

  it('loses no spike of a long run, and shows each point when zoomed into', async () => {
    const page = await show('tags=long&outliers=1&smoothing=0');
    const it = plot(page, 'long/loss');
    await until(async () => (await pairOf(it, 'data-y'))[1] > 500, 'the spike');
  });

  it('keeps the focus on the control by which a card is pinned and unpinned', async () => {
    const page = await open('', { width: 800, height: 450 });
    const pin = page.getByRole('button', { name: 'Pin val/acc' });
    const isFocused = (control: Locator) =>
      expect
        .poll(() => control.evaluateAll(([one]) => one !== undefined && one === document.activeElement))
        .toBe(true);
    await page.locator('[data-place="val/acc"]').scrollIntoViewIfNeeded();
    await plot(page, 'val/acc').click();
    for (const [label, count] of [
      ['Pinned', 1],
      ['val', 0],
    ] as const) {
      await page.keyboard.press('p');
      await isFocused(page.locator(`[aria-label="${label}"] [data-card="val/acc"] .card-plot`));
      expect(await page.locator('[aria-label=Pinned]').count()).toBe(count);
    }
    await pin.focus();
    for (const label of ['Pinned', 'val']) {
      await page.keyboard.press('Enter');
      await isFocused(page.locator(`[aria-label="${label}"]`).getByRole('button', { name: 'Pin val/acc' }));
    }
  });

  it('draws two tags in one card after one was dragged onto the other, until they are taken apart', async () => {
    const page = await show('tags=train');
    await card(page, 'train/lr').locator('.card-head').dragTo(page.locator('[data-place="train/loss"]'));
    await until(
      async () => (await card(page, 'train/loss').getAttribute('aria-label')) === 'train/loss, train/lr',
      'the card of both tags',
    );
    await until(
      async () => (await plot(page, 'train/loss').getAttribute('data-curves')) === '8',
      'the curves of both tags',
    );
    // How the curves of each tag are drawn stands at its name, at the pointer and in the table of values.
    const dashes = (keys: Locator) =>
      keys
        .locator('.curve-key line')
        .evaluateAll((all) => all.map((one) => getComputedStyle(one).strokeDasharray));
    expect(await dashes(card(page, 'train/loss').locator('.card-head'))).toEqual(['none', '6px, 3px']);
    const at = await place(plot(page, 'train/loss'), 0.3, 0.5);
    await page.mouse.move(at.x, at.y);
    const ofLr = { hasText: 'train/lr' };
    await expect.poll(() => dashes(page.locator('.curve-tip tr', ofLr))).toEqual(Array(3).fill('6px, 3px'));
    await page.mouse.click(at.x, at.y);
    await expect.poll(() => dashes(page.locator('.values tr', ofLr))).toEqual(Array(3).fill('6px, 3px'));
    // Who opens the link has them in one card too.
    await until(() => page.url().includes('card='), 'the card in the address');
    const other = (await browser.open(page.url())).page;
    await until(
      async () => (await card(other, 'train/loss').getAttribute('aria-label')) === 'train/loss, train/lr',
      'the card of the link',
    );
    await page.getByRole('button', { name: /^More of train\/loss/ }).click();
    await page.getByRole('menuitem', { name: 'A card for each tag' }).click();
    await card(page, 'train/lr').waitFor();
    await until(() => !page.url().includes('card='), 'no card in the address');
  });

  it('joins two cards by keyboard, from the menu of one or by its key, and takes them apart', async () => {
    const page = await open();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    const choose = async (typed: string) => {
      const list = page.getByRole('listbox');
      await list.waitFor();
      await page.keyboard.type(typed);
      await expect.poll(() => list.getByRole('option').count()).toBe(1);
      await page.keyboard.press('Enter');
    };
    await page.getByRole('button', { name: 'More of train/loss' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Join with another card…' }).focus();
    await page.keyboard.press('Enter');
    await choose('lr');
    await expect.poll(focused).toMatch(/^train\/loss, train\/lr: 8 curves/);
    await page.getByRole('button', { name: /^More of train\/loss/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'A card for each tag' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('More of train/loss');
    // The keys of the page work while the button of a closed menu has the focus.
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await help.waitFor({ timeout: 5_000 });
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await plot(page, 'train/lr').focus();
    await page.keyboard.press('j');
    await page.getByRole('listbox').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await choose('train/loss');
    await expect.poll(focused).toMatch(/^train\/lr, train\/loss: 8 curves/);
    await page.keyboard.press('j');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(focused).toMatch(/^train\/lr, train\/loss: 8 curves/);
  });

  it('fills the page with a card, which Back and Escape leave', async () => {
    const page = await show('tags=train');
    await page.getByRole('button', { name: 'Fill the page with train/loss' }).click();
    await page.locator('.card.full').waitFor();
    await until(() => page.url().includes('full=train%2Floss'), 'the card in the address');
    await page.goBack();
    await page.locator('.card.full').waitFor({ state: 'detached' });
    await plot(page, 'train/loss').focus();
    await page.keyboard.press('Enter');
    await page.locator('.card.full').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.card.full').waitFor({ state: 'detached' });
  });

  it('lists the values of a card that fills the page below it', async () => {
    const page = await show('full=train/loss&at=10');
    const values = page.getByRole('region', { name: 'Values of train/loss' });
    const row = values.locator('tbody tr').first();
    await row.waitFor();
    const onTop = () =>
      row.evaluate((one) => {
        const { left, top } = one.getBoundingClientRect();
        return one.contains(document.elementFromPoint(left + 4, top + 4));
      });
    await expect.poll(onTop).toBe(true);
    const bottomOf = async (locator: Locator) => {
      const box = (await locator.boundingBox())!;
      return box.y + box.height;
    };
    const card = await bottomOf(page.locator('.card.full'));
    expect(card).toBeCloseTo((await values.boundingBox())!.y, 0);
  });

  it('selects a step by click or key, and lists every run there', async () => {
    const page = await show('tags=train/loss&smoothing=0');
    const it = plot(page, 'train/loss');
    await until(async () => (await it.getAttribute('data-curves')) === '5', 'all curves');
    await it.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('train/loss at step 10').waitFor();
    const cells = await page
      .locator('.values tbody tr', { hasText: 'exp_seed1' })
      .locator('td')
      .allTextContents();
    expect(cells.slice(1, 5)).toEqual(['exp_seed1', '–', (loss(10) + 0.1).toFixed(3), '10']);
    await until(() => page.url().includes('at=10'), 'the step in the address');
    await page.keyboard.press('Escape');
    await page.locator('.values').waitFor({ state: 'detached' });
  });

  it('draws the mean of runs with different seeds, and says of how many', async () => {
    const page = await show('tags=train/loss&group=name&smoothing=0');
    const it = plot(page, 'train/loss');
    await until(async () => (await it.getAttribute('data-curves')) === '3', 'one curve for each group');
    const at = await place(it, 0.5, 0.8);
    await page.mouse.move(at.x, at.y);
    await page.locator('.curve-tip', { hasText: 'exp_seed… (3)' }).getByText('of 3').waitFor();
    const legend = page.getByRole('list', { name: 'Groups of runs' });
    expect(await legend.getByRole('listitem').allTextContents()).toEqual([
      ' diverged',
      ' exp_seed… (3)',
      ' live',
      ' resumed',
      ' spike',
    ]);
    expect(await axeViolations(page)).toEqual([]);
  });

  it('saves the points of a card as CSV with every digit, and its picture as PNG and SVG', async () => {
    const page = await show('tags=val/acc');
    await until(async () => (await plot(page, 'val/acc').getAttribute('data-curves')) === '3', 'all curves');
    const save = async (name: string) => {
      await page.getByRole('button', { name: 'More of val/acc' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('menuitem', { name }).click();
      const saved = await download;
      return { name: saved.suggestedFilename(), bytes: readFileSync(await saved.path()) };
    };
    const csv = await save('Save all points as CSV');
    expect(csv.name).toBe('val_acc.csv');
    const lines = csv.bytes.toString().trim().split('\n');
    expect(lines).toHaveLength(31);
    const line = lines.find((one) => one.startsWith('exp_seed2,val/acc,0,20,'));
    // A float32 is written with as many digits as name it.
    expect(Math.fround(Number(line?.split(',').at(-1)))).toBe(Math.fround(20 / 300 + 0.02));
    const png = await save('Save as PNG');
    expect([...png.bytes.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    const svg = await save('Save as SVG');
    expect(svg.bytes.toString()).toContain('exp_seed3');
  });

  it('marks values that are not finite, draws what came before a restart on request, and counts with log axes', async () => {
    const page = await show('tags=loss');
    await until(async () => (await plot(page, 'train/loss').getAttribute('data-marks')) === '2', 'the marks');
    const lines = async () => Number(await plot(page, 'part/loss').getAttribute('data-lines'));
    await until(async () => (await lines()) === 2, 'the line, raw and smoothed');
    await page.getByRole('button', { name: 'More of the view' }).click();
    await page.getByRole('menuitem', { name: /before a restart/ }).click();
    await until(async () => (await lines()) === 3, 'the earlier branch');
    await page.getByRole('button', { name: 'Log y' }).click();
    await page.getByText('at or below 0: not on a log axis').first().waitFor();
  });

  it('zooms all cards together when they are linked by range, and Back leads to the page before', async () => {
    const page = await show('tags=train&link=range');
    const [one, other] = [plot(page, 'train/loss'), plot(page, 'train/lr')];
    await until(async () => (await one.getAttribute('data-curves')) === '5', 'all curves');
    await one.focus();
    await page.keyboard.press('+');
    await until(async () => page.url().includes('range='), 'the range in the address');
    expect(await other.getAttribute('data-x')).toBe(await one.getAttribute('data-x'));
    await page.keyboard.press('0');
    await until(async () => !page.url().includes('range='), 'all of it');
  });

  it('keeps what is under the pointer where it is when points come, and shows them afterwards', async () => {
    const page = await show('tags=train/loss&smoothing=0');
    const it = plot(page, 'train/loss');
    await until(async () => (await it.getAttribute('data-curves')) === '5', 'all curves');
    const [x, y] = [await it.getAttribute('data-x'), await it.getAttribute('data-y')];
    const at = await place(it, 0.5, 0.5);
    await page.mouse.move(at.x, at.y);
    await page.locator('.curve-tip').waitFor();
    const before = Number(await it.getAttribute('data-points'));
    append(hub.folder.logdir, 'live', 400, 50);
    await until(async () => Number(await it.getAttribute('data-points')) === before + 1, 'the new point');
    expect([await it.getAttribute('data-x'), await it.getAttribute('data-y')]).toEqual([x, y]);
    await page.mouse.move(2, 300);
    await until(async () => (await pairOf(it, 'data-x'))[1] === 400, 'the new end of the axis');
  });

  it('copies the value under the pointer with every digit', async () => {
    const page = await show('tags=val/acc&smoothing=0&outliers=1');
    const it = plot(page, 'val/acc');
    await until(async () => (await it.getAttribute('data-curves')) === '3', 'all curves');
    const at = await place(it, 0.99, 0.02);
    await page.mouse.move(at.x - 20, at.y);
    await page.mouse.move(at.x - 16, at.y);
    await page.locator('.curve-tip').waitFor();
    await page.keyboard.press('Control+c');
    await page.getByText(`Copied ${Math.fround(180 / 300 + 0.03)}: val/acc of exp_seed3, step 180`).waitFor();
  });

  it.each([
    ['light', 1440, 900],
    ['dark', 1024, 700],
    ['light', 400, 860],
  ] as const)('passes axe in the %s theme at %i pixels, and fits', async (theme, width, height) => {
    const page = await show('', { theme, width, height });
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
