/**
 * The grids of the run page where there are many maps, large maps, many layers, or little room. One file, because each test
 * looks at one or more of the same runs, each of which is large in one way, and a hub for each part would read them all again.
 */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { goTo } from './harness/go-to.js';
import { untilDrawn } from './harness/until-drawn.js';
import { scalar, tensor, writeLog } from './support/logs.js';
import { copyTrainedRun, type ShowOptions, useBrowser, useHub } from './support/test-browser.js';

/** Values from 0 to 1 in steps of 1/256. */
const wave = (at: number) => ((at * 37 + (at >> 4) * 11) % 257) / 256;

function writeLogs(logdir: string): void {
  writeLog(logdir, 'wide', [
    scalar('train/loss', 0, 1),
    tensor('layer4/output', 0, [512, 8, 8], wave),
    scalar('train/loss', 10, 0.5),
  ]);
  writeLog(logdir, 'big-maps', [
    scalar('train/loss', 0, 1),
    tensor('enc1/output', 0, [16, 200, 300], (at) => Math.sin(at / 50)),
    tensor('enc1/input', 0, [3, 200, 300], (at) => (at % 300) / 300),
    tensor('enc1/weight', 0, [16, 3, 7, 7], (at) => Math.sin(at)),
  ]);
  writeLog(
    logdir,
    'many-layers',
    Array.from({ length: 60 }, (_, layer) => tensor(`features.${layer}.conv/output`, 0, [4, 8, 8], wave)),
  );
}

/** What of the run page cannot be used in this window, looked at in one go: each part is scrolled into view. */
function unusable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const problems: string[] = [];
    const nameOf = (one: Element) => one.getAttribute('aria-label') ?? (one.className || one.textContent);
    const visible = (selector: string) =>
      [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) problems.push(`The page is ${scrollWidth} pixels wide.`);
    // Only what scrolls sideways reaches beyond the window.
    for (const one of visible(
      '.top button, .top a, .main > *, .timeline-bar > *, .reading, .strip, .panes > *',
    ))
      if (one.closest('.tabs') === null && one.getBoundingClientRect().right > innerWidth + 1)
        problems.push(`${nameOf(one)} is beyond the window.`);
    const foot = document.querySelector('.foot')!;
    const box = foot.getBoundingClientRect();
    for (let at = 0; at < 20; at++) {
      const top = document.elementFromPoint(box.left + ((at + 0.5) / 20) * box.width, box.top + 4);
      if (top === null || !foot.contains(top)) problems.push(`Something is over the foot, at ${at} of 20.`);
    }
    const segments = '.pane-head .segments';
    for (const part of ['.map-grid', '.kernel-matrix', '.contributions', '.legend', segments])
      for (const element of visible(`.pane ${part}`)) {
        element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        const { left, right, top, width, height } = element.getBoundingClientRect();
        if (left < 0 || right > innerWidth + 4) problems.push(`${part} lies from ${left} to ${right}.`);
        if (height < (part === segments ? 20 : 30)) problems.push(`${part} is ${height} pixels high.`);
        const found = document.elementFromPoint(
          left + Math.min(width, 40) / 2,
          top + Math.min(height, 60) / 2,
        );
        if (found === null || !(element.contains(found) || found.contains(element)))
          problems.push(`${found === null ? 'Nothing' : nameOf(found)} is over ${part}.`);
        // By hand too: what was scrolled by a script has a wheel or a bar.
        for (let around = element.parentElement; around !== null; around = around.parentElement) {
          const { overflowX, overflowY } = getComputedStyle(around);
          const isStuck =
            (around.scrollTop > 0 && !/auto|scroll/.test(overflowY)) ||
            (around.scrollLeft > 0 && !/auto|scroll/.test(overflowX));
          if (isStuck) problems.push(`${part} is in ${nameOf(around)}, which nobody can scroll.`);
        }
      }
    return problems;
  });
}

describe('the grids', () => {
  const browser = useBrowser();
  const hub = useHub(async (folder) => {
    await copyTrainedRun(folder, 'net');
    writeLogs(folder.logdir);
  });

  const show = (hash: string, options?: ShowOptions) => browser.show(`${hub.url}#run?${hash}`, options);
  const grid = (page: Page, name: string) => page.locator(`canvas[data-grid=${name}]`);
  const tip = (page: Page) => page.locator('.tooltip').innerText();
  const fact = (page: Page, name: string, key: string) => grid(page, name).getAttribute(`data-${key}`);
  /** The place of a map pixel in the window, from the facts of the canvas. */
  const pixelAt = (page: Page, name: string, index: number, y: number, x: number) =>
    grid(page, name).evaluate(
      (canvas, at) => {
        const number = (key: string) => Number((canvas as HTMLElement).dataset[key]);
        const pair = (key: string) => ((canvas as HTMLElement).dataset[key] ?? '').split(',').map(Number);
        const [[pitchX, pitchY], [insetX, insetY]] = [pair('pitch'), pair('inset')];
        const box = canvas.getBoundingClientRect();
        const column = at.index % number('columns');
        const row = Math.floor(at.index / number('columns')) - number('firstRow');
        return {
          // Whole pixels, as a mouse reports them.
          x: Math.floor(box.left + column * pitchX! + insetX! + (at.x + 0.5) * number('zoom')),
          y: Math.floor(box.top + row * pitchY! + insetY! + (at.y + 0.5) * number('zoom')),
        };
      },
      { index, y, x },
    );

  it('waits for the maps before it takes a picture', async () => {
    const { page } = await browser.open(`${hub.url}#run?run=many-layers&layer=features.59.conv`, {
      // Maps that take long.
      before: (page) =>
        page.route(/\/api\/.*(blob|event|record)/, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, 150));
          await route.continue();
        }),
    });
    await untilDrawn(page);
    expect(await fact(page, 'output', 'layer')).toBe('features.59.conv');
    expect(await fact(page, 'output', 'step')).toBe('0');
    const empty = page.locator('canvas[data-thumbnail][data-step=""]');
    expect(await empty.count()).toBe(0);
    // And does not wait for maps on a page that has none.
    await browser.show(`${hub.url}#lab`);
  });

  it('fits all of 512 maps, and says how many are in view where they are larger', async () => {
    const { page } = await show('run=wide');
    expect(await page.locator('.maps-in-view').count()).toBe(0);
    const room = (await page.locator('.pane.output .pane-grid').boundingBox())!;
    const drawn = (await grid(page, 'output').boundingBox())!;
    expect(drawn.y + drawn.height).toBeLessThanOrEqual(room.y + room.height);
    expect(drawn.x + drawn.width).toBeLessThanOrEqual(room.x + room.width);
    const last = await pixelAt(page, 'output', 511, 7, 7);
    await page.mouse.move(last.x, last.y);
    expect(await tip(page)).toContain('out 511, y 7, x 7');

    const narrow = await show('run=wide', { width: 400, height: 860 });
    const text = await narrow.page.locator('.maps-in-view').innerText();
    const [, seen] = /^(\d+) of 512 maps in view$/.exec(text) ?? [];
    expect(Number(seen)).toBeGreaterThan(0);
    const inView = await narrow.page.evaluate(() => {
      const canvas = document.querySelector<HTMLElement>('canvas[data-grid=output]')!;
      const view = canvas.closest('.map-scroll')!.getBoundingClientRect();
      const [pitch, columns] = [Number(canvas.dataset.pitch!.split(',')[1]), Number(canvas.dataset.columns)];
      return Math.ceil((view.height + 4) / pitch) * columns;
    });
    expect(Math.abs(Number(seen) - inView)).toBeLessThanOrEqual(
      Number(await fact(narrow.page, 'output', 'columns')),
    );
  });

  it('reaches every pixel of maps that are wider than the pane, by wheel and by keys', async () => {
    const { page, assertClean } = await show('run=big-maps&zoom=1');
    const box = (await page.locator('.pane.input .map-scroll').boundingBox())!;
    await page.mouse.move(box.x + 40, box.y + 60);
    await page.mouse.wheel(5000, 0);
    await page.mouse.wheel(0, 5000);
    await expect
      .poll(() => page.locator('.pane.input .maps-in-view').innerText())
      .toMatch(/^\d of 3 maps, x \d+–299 of 300$/);
    const cornerAt = () => pixelAt(page, 'input', 2, 199, 299);
    // What is in view says nothing of the lower edge.
    await expect.poll(async () => (await cornerAt()).y).toBeLessThan(box.y + box.height);
    const corner = await cornerAt();
    expect(corner.x).toBeLessThan(box.x + box.width);
    await page.mouse.move(corner.x, corner.y);
    expect(await tip(page)).toContain('in 2, y 199, x 299');
    await page.mouse.wheel(-5000, 0);
    await expect.poll(() => page.locator('.pane.input .maps-in-view').innerText()).toContain('x 0–');

    // The pinned pixel is scrolled into view, in the output and in the input.
    await goTo(page, '#run?run=big-maps&zoom=1&ch=0&y=150&x=220');
    await page.locator('.pane.output .map-scroll').focus();
    await page.keyboard.press('j');
    for (let press = 0; press < 20; press++) await page.keyboard.press('Shift+ArrowRight');
    for (let press = 0; press < 13; press++) await page.keyboard.press('Shift+ArrowDown');
    await expect.poll(() => new URLSearchParams(page.url().split('?')[1]).get('x')).toBe('299');
    for (const [name, index] of [
      ['output', 1],
      ['input', 2],
    ] as const) {
      const view = (await page.locator(`.pane.${name} .map-scroll`).boundingBox())!;
      const pinned = await pixelAt(page, name, index, 199, 299);
      expect(pinned.x, name).toBeLessThan(view.x + view.width);
      expect(pinned.x, name).toBeGreaterThan(view.x);
    }
    const view = (await page.locator('.pane.output .map-scroll').boundingBox())!;
    const pinned = await pixelAt(page, 'output', 1, 199, 299);
    expect(pinned.y).toBeGreaterThan(view.y);
    expect(pinned.y).toBeLessThan(view.y + view.height);
    await assertClean();
  });

  it('keeps the pixel under the pointer where it is while the wheel zooms', async () => {
    const { page } = await show('run=big-maps&zoom=2');
    const box = (await page.locator('.pane.output .map-scroll').boundingBox())!;
    const at = { x: box.x + 200, y: box.y + 150 };
    await page.mouse.move(at.x, at.y);
    const before = await tip(page);
    const zoom = Number(await fact(page, 'output', 'zoom'));
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await expect.poll(() => fact(page, 'output', 'zoom')).toBe(String(zoom + 1));
    await page.mouse.move(at.x + 1, at.y);
    await page.mouse.move(at.x, at.y);
    const place = (text: string) => /out (\d+), y (\d+), x (\d+)/.exec(text)!.slice(1).map(Number);
    const [old, now] = [place(before), place(await tip(page))];
    for (const [part, value] of old.entries()) expect(Math.abs(value - now[part]!)).toBeLessThanOrEqual(1);
  });

  it('draws huge maps in parts', async () => {
    const { page, assertClean } = await show('run=big-maps&zoom=24&ch=15&y=199&x=299');
    const size = await grid(page, 'output').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      return width * height;
    });
    expect(size).toBeLessThan(5_000_000);
    const pinned = await pixelAt(page, 'output', 15, 199, 299);
    await page.mouse.move(pinned.x, pinned.y);
    expect(await tip(page)).toContain('out 15, y 199, x 299');
    await assertClean();
  });

  it('leaves room for the contributions beside a 32×32 matrix, which zooms at the pointer', async () => {
    const { page, assertClean } = await show('run=net&layer=conv3', { width: 1024, height: 700 });
    const foot = (await page.locator('.foot').boundingBox())!.y;
    const legend = (await page.locator('.pane.kernels .legend').boundingBox())!;
    const contributions = (await page.locator('.contributions').boundingBox())!;
    expect(legend.y + legend.height).toBeLessThanOrEqual(foot);
    expect(contributions.y + contributions.height).toBeLessThanOrEqual(legend.y);
    expect(contributions.height).toBeGreaterThan(64);

    const matrix = page.locator('.kernel-matrix');
    // Row 3, column 17.
    const at = await pixelAt(page, 'kernels', 3 * 32 + 17, 1, 1);
    await page.mouse.move(at.x, at.y);
    await expect.poll(() => tip(page)).toContain('in 3 to out 17, ky 1, kx 1');
    const zoom = Number(await fact(page, 'kernels', 'zoom'));
    for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -100);
    await expect.poll(async () => Number(await fact(page, 'kernels', 'zoom'))).toBe(zoom + 4);
    // The kernel is still there; between two kernels there is no tip.
    let nudge = 0;
    await until(async () => {
      nudge = (nudge + 1) % 6;
      await page.mouse.move(at.x + nudge, at.y);
      return (await page.locator('.tooltip').allInnerTexts()).join().includes('in 3 to out 17');
    }, 'the kernel under the pointer');
    // Dragging pans, and does not choose the channel where it ends.
    const scroll = () => matrix.evaluate((element) => element.scrollLeft);
    const left = await scroll();
    await page.mouse.down();
    await page.mouse.move(at.x - 60, at.y, { steps: 4 });
    await page.mouse.up();
    expect(await scroll()).toBeGreaterThan(left + 40);
    expect(await fact(page, 'contributions', 'channel')).toBe('0');

    // By keys: the last channels, in view, and back to the whole matrix.
    await matrix.focus();
    for (let press = 0; press < 8; press++) await page.keyboard.press('Shift+ArrowRight');
    for (let press = 0; press < 9; press++) await page.keyboard.press('Shift+ArrowDown');
    await expect
      .poll(() => matrix.locator('[role=gridcell]').textContent())
      .toContain('from in 31 to out 31');
    const corner = await matrix.evaluate((element) => [
      element.scrollLeft + element.clientWidth - element.scrollWidth,
      element.scrollTop + element.clientHeight - element.scrollHeight,
    ]);
    expect(Math.min(...corner)).toBeGreaterThan(-20);
    await page.keyboard.press('0');
    await expect.poll(async () => Number(await fact(page, 'kernels', 'zoom'))).toBe(zoom);
    await assertClean();
  });

  it('reaches every contribution, and together they are the sum', async () => {
    const { page, assertClean } = await show('run=net&layer=conv3&ch=3', { width: 1024, height: 700 });
    const detail = page.locator('.contribution-detail');
    const list = page.locator('.contributions');
    await list.focus();
    await page.keyboard.press('Home');
    const seen = new Set<number>();
    let sum = 0;
    for (let place = 0; place < 32; place++) {
      const chosen = Number(await detail.getAttribute('data-contribution'));
      if (!seen.has(chosen)) sum += Number(await detail.getAttribute('data-sum'));
      seen.add(chosen);
      expect(await detail.locator('svg').count()).toBe(3);
      await page.keyboard.press('PageDown');
      if (place < 31)
        await expect.poll(() => detail.getAttribute('data-contribution')).not.toBe(String(chosen));
    }
    expect(seen.size).toBe(32);
    await page.getByRole('button', { name: 'Inspector' }).click();
    const products = Number(await page.locator('[data-arithmetic]').getAttribute('data-products'));
    expect(sum).toBeCloseTo(products, 9);

    // By mouse: the list scrolls to its end, and a click on a map chooses it.
    await page.getByRole('button', { name: 'Close the inspector' }).click();
    const box = (await list.boundingBox())!;
    await page.mouse.move(box.x + 20, box.y + 20);
    await page.mouse.wheel(0, 5000);
    const atEnd = () =>
      list.evaluate((element) => element.scrollTop + element.clientHeight >= element.scrollHeight - 1);
    await until(atEnd, 'the end of the list');
    const order = (await fact(page, 'contributions', 'order'))!.split(',');
    await page.mouse.click(box.x + 50, box.y + box.height - 30);
    const chosen = await fact(page, 'contributions', 'chosen');
    expect(order.indexOf(chosen!)).toBeGreaterThanOrEqual(27);
    await assertClean();
  });

  it('names in the legend the values under the pointer, and lights up their pixels', async () => {
    const { page, assertClean } = await show('run=wide&lock=channel');
    const bar = page.getByRole('slider', { name: 'Output: values to light up' });
    const lit = () =>
      grid(page, 'output').evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        const repeat = Number(canvas.dataset.zoom) / Number(canvas.dataset.unit);
        let count = 0;
        for (let at = 3; at < data.length; at += 4) if (data[at] === 255) count++;
        return count / repeat ** 2;
      });
    expect(await lit()).toBe(512 * 64);
    const box = (await bar.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + 20);
    await expect.poll(lit).toBeLessThan(512 * 64);
    const [, from, to, count] =
      /^([\d.]+) … ([\d.]+)\s+(\S+) pixels, [\d.]+ %$/.exec((await tip(page)).replaceAll('\n', ' ')) ?? [];
    const inside = Array.from({ length: 512 * 64 }, (_, at) => Math.fround(wave(at))).filter(
      (value) => value >= Number(from) - 1e-4 && value <= Number(to) + 1e-4,
    );
    expect(Math.abs(inside.length - (await lit()))).toBeLessThanOrEqual(130);
    expect(Number(count!.replace(',', ''))).toBe(await lit());
    await page.mouse.move(5, 5);
    await expect.poll(lit).toBe(512 * 64);

    await bar.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => bar.getAttribute('aria-valuetext')).toMatch(/ … .* pixels, /);
    expect(await lit()).toBeLessThan(512 * 64);
    await page.keyboard.press('Escape');
    await expect.poll(lit).toBe(512 * 64);
    await assertClean();
  });

  it('marks in the input the pixel of the patch under the pointer, and leaves the pinned pixel alone', async () => {
    const { page } = await show('run=net&layer=conv1&ch=2&y=10&x=12');
    const patch = page.locator('[data-arithmetic] .term-row').nth(1).locator('svg').nth(1);
    const value = await page.locator('.value[data-value]').getAttribute('data-value');
    for (const [cell, spot] of [
      [0, '1,9,11'],
      [8, '1,11,13'],
    ] as const) {
      await patch.locator('g').nth(cell).hover();
      await expect.poll(() => fact(page, 'input', 'spot')).toBe(spot);
    }
    expect(await page.locator('.value[data-value]').getAttribute('data-value')).toBe(value);
    await page.mouse.move(5, 5);
    await expect.poll(() => fact(page, 'input', 'spot')).toBe('');

    // The first cell of a corner lies in the padding.
    await show('run=net&layer=conv1&y=0&x=0').then(async (corner) => {
      const cells = corner.page
        .locator('[data-arithmetic] .term-row')
        .first()
        .locator('svg')
        .nth(1)
        .locator('g');
      await cells.nth(4).hover();
      await expect.poll(() => fact(corner.page, 'input', 'spot')).toBe('0,0,0');
      await cells.nth(0).hover();
      await expect.poll(() => fact(corner.page, 'input', 'spot')).toBe('');
    });
  });

  it('keeps the chosen one of sixty layers in view, in a strip that scrolls', async () => {
    const { page } = await show('run=many-layers&layer=features.50.conv');
    const strip = (await page.locator('.layers').boundingBox())!;
    const inView = async (layer: number) => {
      const tile = (await page.locator(`[data-layer="features.${layer}.conv"].layer-tile`).boundingBox())!;
      return tile.x >= strip.x && tile.x + tile.width <= strip.x + strip.width;
    };
    expect(await inView(50)).toBe(true);
    for (let layer = 51; layer < 60; layer++) await page.keyboard.press(']');
    await page.locator('.layer-tile[aria-current][data-layer="features.59.conv"]').waitFor();
    await until(() => inView(59), 'the last layer');
    await page.mouse.move(strip.x + 200, strip.y + 30);
    await page.mouse.wheel(0, -20_000);
    await until(() => inView(0), 'the first layer');
    await page.keyboard.press('[');
    await until(() => inView(58), 'the chosen layer again');
  });

  /** Looks at what must be seen before anything is scrolled. */
  async function expectMapsAtFirst(page: Page, where: string): Promise<void> {
    const { maps, readings, texts } = await page.evaluate(() => {
      const [main, canvas] = ['.main', 'canvas[data-grid=output]'].map((one) => document.querySelector(one)!);
      const [room, drawn] = [main!.getBoundingClientRect(), canvas!.getBoundingClientRect()];
      const inside = (selector: string) =>
        [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).length;
      return {
        maps: Math.min(room.bottom, drawn.bottom) - Math.max(room.top, drawn.top),
        readings: inside('.readings [data-must-show]'),
        texts: document.querySelector('.readings')!.textContent,
      };
    });
    expect(maps, where).toBeGreaterThanOrEqual(60);
    // What is read and moved stays beside them.
    expect(readings, where).toBeGreaterThan(0);
    expect(texts, where).toContain('train/loss');
    expect((await page.locator('.strip').boundingBox())!.height, where).toBeGreaterThanOrEqual(40);
  }

  it.each([
    ['at 200 % of 1440×900', 720, 450, 2],
    ['at 1024×700', 1024, 700, 1],
    ['on a phone on its side', 844, 390, 1],
    ['at 650 pixels', 650, 800, 1],
    ['at 512×350', 512, 350, 1],
    ['at 400 pixels', 400, 860, 1],
  ])(
    'stays usable %s, and where it is low shows maps before anything is scrolled',
    async (_, width, height, scale) => {
      // The scale of a page is given when it is opened.
      const { page, assertClean } =
        scale === 1
          ? await show('run=net&layer=conv1', { width, height })
          : await browser.open(`${hub.url}#run?run=net&layer=conv1`, { width, height, scale });
      const isLow = height <= 450;
      for (const [hash, names] of [
        ['run=net&layer=conv1', ['output']],
        ['run=net&layer=conv3', ['output', 'input', 'kernels']],
        ['run=wide', ['output']],
        ['run=big-maps', ['output', 'input', 'kernels']],
      ] as const)
        for (const name of width < 600 ? names : (['output'] as const)) {
          await goTo(page, `#run?${hash}&pane=${name}`);
          if (isLow && name === 'output' && !hash.includes('conv3')) await expectMapsAtFirst(page, hash);
          expect((await unusable(page)).join('; '), `${hash}, ${name}`).toBe('');
          await assertClean();
        }
    },
  );

  it('lets every part of the column of runs be reached in a low window', async () => {
    const { page } = await show('run=net&layer=conv3', { width: 512, height: 350 });
    await page.keyboard.press('b');
    const rail = page.getByRole('complementary', { name: 'Runs' });
    const isSeen = (part: string) =>
      rail.locator(part).evaluate((element) => {
        const box = element.getBoundingClientRect();
        const top = document.elementFromPoint(box.left + 4, box.top + box.height / 2);
        return top !== null && element.contains(top);
      });
    const rows = rail.locator('.run-list [data-run]');
    await until(
      async () =>
        (
          await Promise.all((await rows.all()).map((_, at) => isSeen(`.run-list [data-run] >> nth=${at}`)))
        ).filter(Boolean).length >= 2,
      'a run beside the shown one',
    );
    await rail.hover({ position: { x: 20, y: 20 } });
    for (const part of ['.config .pairs dd >> nth=-1', '.findings .heading'])
      await until(async () => {
        await page.mouse.wheel(0, 40);
        return isSeen(part);
      }, part);
  });

  it('shows findings below the runs and their configuration at 1024×700', async () => {
    const { page } = await show('run=net&layer=conv3', { width: 1024, height: 700 });
    const findings = page
      .getByRole('complementary', { name: 'Runs' })
      .getByRole('region', { name: 'Findings' });
    await findings.waitFor();
    const foot = (await page.locator('.foot').boundingBox())!;
    const box = (await findings.boundingBox())!;
    expect(box.y + 100).toBeLessThanOrEqual(foot.y);
    expect(box.y + box.height).toBeLessThanOrEqual(foot.y + 1);
  });

  it('needs one line for the flags and none for the opener of the inspector at 1024×700', async () => {
    const { page } = await show('run=net&layer=conv3&step=17', { width: 1024, height: 700 });
    const flags = page.locator('.pane.output .pane-row');
    expect((await flags.boundingBox())!.height).toBeLessThan(36);
    const opener = (await page.locator('.inspector-opener').boundingBox())!;
    const notice = (await page.locator('.main > .notice').first().boundingBox())!;
    expect(opener.y).toBeGreaterThanOrEqual(notice.y);
    expect(opener.y + opener.height).toBeLessThanOrEqual(notice.y + notice.height);
    const words = await page
      .locator('.main > .notice')
      .first()
      .evaluate((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return Math.max(...[...range.getClientRects()].map(({ right }) => right));
      });
    expect(words).toBeLessThanOrEqual(opener.x);
  });

  // Each view once in either theme, and what changes on a narrow screen there: axe takes two seconds a page.
  it.each([
    ['light', 1440, 900, ['run=wide', 'run=many-layers']],
    ['dark', 1440, 900, ['run=net&layer=conv3', 'run=big-maps']],
    ['dark', 400, 860, ['run=net&layer=conv3', 'run=net&layer=conv3&pane=kernels', 'run=wide']],
    ['light', 400, 860, ['run=net&layer=conv3&pane=input', 'run=big-maps']],
    ['dark', 650, 800, ['run=net&layer=conv1']],
  ] as const)('passes axe in the %s theme at %i pixels', async (theme, width, height, views) => {
    const { page } = await show(views[0], { theme, width, height });
    for (const hash of views) {
      await goTo(page, `#run?${hash}`);
      expect(await axeViolations(page), hash).toEqual([]);
    }
  });
});
