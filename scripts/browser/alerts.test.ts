/** Alerts of runs, on the page. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { scalar, scalars, writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

const hub = useHub(({ logdir }) => {
  writeLog(
    logdir,
    'good',
    scalars('loss', [0, 1, 2], (step) => 1 / (step + 1)),
  );
  writeLog(
    logdir,
    'diverged',
    scalars('loss', [0, 1], (step) => (step === 0 ? 1 : Number.NaN)),
  );
});
const browser = useBrowser();

it('lists what holds, and tells of a loss that becomes NaN while the page is open', async () => {
  const { page } = await browser.open(`${hub.url}#summary?run=good`);
  await page.getByRole('region', { name: 'Course' }).waitFor();
  await page.getByRole('button', { name: 'Alerts: 1 now' }).click();
  const dialog = page.getByRole('dialog', { name: 'Alerts' });
  await dialog.getByText('loss of diverged is NaN at step 1.').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  const file = join(hub.folder.logdir, 'good', 'events.out.tfevents.1700000000.host.1.0');
  appendFileSync(file, encodeFrame(encodeEvent(scalar('loss', 3, Number.NaN))));
  await page.locator('.toast').getByText('loss of good is NaN at step 3.').waitFor();
  await page.getByRole('button', { name: 'Alerts: 2 now' }).click();
  await dialog.getByText('Since the page was opened').waitFor();
  await dialog.getByRole('link', { name: 'loss of good is NaN at step 3.' }).click();
  await dialog.waitFor({ state: 'detached' });
});
