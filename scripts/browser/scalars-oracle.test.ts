/** The scalars page on a log that TensorBoard has read, whose numbers it must show. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { useBrowser, useHub } from './support/test-browser.js';

const EVENTS = new URL('../../shared/src/event-log/fixtures/events/', import.meta.url);

describe('the scalars of a log that TensorBoard has read', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    cpSync(new URL('torch-scalars', EVENTS), join(logdir, 'run'), { recursive: true });
  });

  const expected = JSON.parse(readFileSync(new URL('torch-scalars/expected.json', EVENTS), 'utf8')) as {
    runs: Record<string, { tags: Record<string, { plugin: string; events: readonly { value: number }[] }> }>;
  };

  it('are smoothed as TensorBoard smooths what it reads', async () => {
    const { page } = await browser.show(`${hub.url}#scalars?smoothing=0.6`);
    const { events } = expected.runs['.']!.tags['loss/train']!;
    // resmoothDataset of vz_line_chart2, line by line.
    let [last, count] = [0, 0];
    const smoothed = events.map(({ value }) => {
      last = last * 0.6 + (1 - 0.6) * value;
      count++;
      return last / (1 - 0.6 ** count);
    });
    const plot = page.locator('[data-card="loss/train"] .card-plot');
    // A key that is pressed before the points have come moves nothing.
    await until(
      async () => (await plot.getAttribute('data-points')) === String(events.length),
      'the points of the tag',
    );
    await plot.focus();
    for (let at = 0; at < 5; at++) {
      await page.keyboard.press('ArrowRight');
      const cells = page.locator('.values tbody td');
      await until(
        async () => Number(await cells.nth(3).getAttribute('title')) === events[at]!.value,
        `the value of point ${at}`,
      );
      expect(Number(await cells.nth(2).getAttribute('title'))).toBeCloseTo(smoothed[at]!, 12);
    }
  });

  it('are as many as TensorBoard reads', async () => {
    const { page } = await browser.show(`${hub.url}#scalars`);
    for (const [tag, { plugin, events }] of Object.entries(expected.runs['.']!.tags)) {
      if (plugin !== 'scalars') continue;
      const plot = page.locator(`[data-card="${tag}"] .card-plot`);
      await plot.scrollIntoViewIfNeeded();
      await until(
        async () => (await plot.getAttribute('data-points')) === String(events.length),
        'the points of the tag',
      );
    }
  });
});
