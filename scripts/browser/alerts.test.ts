/** Alerts of runs, on the page. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { expect, it } from 'vitest';
import { axeViolations } from './harness/axe-violations.js';
import { range, scalar, scalars, writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

const hub = useHub(({ logdir }) => {
  for (const run of ['good', 'quiet'])
    writeLog(
      logdir,
      run,
      scalars('loss', [0, 1, 2], (step) => 1 / (step + 1)),
    );
  writeLog(
    logdir,
    'diverged',
    scalars('loss', range(0, 200), (step) => (step < 90 ? 1 : Number.NaN)),
  );
});
const browser = useBrowser();

it('lists what holds, and tells of a loss that becomes NaN while the page is open', async () => {
  const { page } = await browser.open(`${hub.url}#summary?run=good`);
  await page.getByRole('region', { name: 'Course' }).waitFor();
  await page.getByRole('button', { name: 'Alerts: 1 now' }).click();
  const dialog = page.getByRole('dialog', { name: 'Alerts' });
  await dialog.getByText('loss of diverged is NaN: it has not been finite since step 90.').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  const file = join(hub.folder.logdir, 'good', 'events.out.tfevents.1700000000.host.1.0');
  appendFileSync(file, encodeFrame(encodeEvent(scalar('loss', 3, Number.NaN))));
  await page
    .locator('.toast')
    .getByText('loss of good is NaN: it has not been finite since step 3.')
    .waitFor();
  await page.getByRole('button', { name: 'Alerts: 2 now' }).click();
  // Seen in the tab of a page that is not in front.
  expect(await page.title()).toMatch(/^\(2\) Summary · .+ · convscope$/);
  await dialog.getByText('Since the page was opened').waitFor();
  await dialog
    .getByRole('link', { name: 'loss of good is NaN: it has not been finite since step 3.' })
    .click();
  await dialog.waitFor({ state: 'detached' });
});

it('shows an alert as a desktop notification when it is asked to', async () => {
  const { page } = await browser.open(`${hub.url}#summary?run=good`, {
    before: async (page) => {
      await page.context().grantPermissions(['notifications'], { origin: new URL(hub.url).origin });
      await page.addInitScript(() => {
        const shown: string[] = [];
        Object.assign(window, { shownNotices: shown });
        window.Notification = class extends Notification {
          // A headless browser grants it when asked, and goes on to say that it is denied.
          static override get permission(): NotificationPermission {
            return 'granted';
          }

          constructor(title: string, options?: NotificationOptions) {
            shown.push(`${title}: ${options?.body}`);
            super(title, options);
          }
        };
      });
    },
  });
  const notices = () => page.evaluate(() => Reflect.get(window, 'shownNotices') as readonly string[]);
  await page.getByRole('region', { name: 'Course' }).waitFor();
  const file = join(hub.folder.logdir, 'quiet', 'events.out.tfevents.1700000000.host.1.0');
  await page.getByRole('button', { name: /^Alerts/ }).click();
  const box = page.getByRole('checkbox', { name: 'Show them as desktop notifications too' });
  expect(await box.isChecked()).toBe(false);
  await box.click();
  await expect.poll(() => box.isChecked()).toBe(true);
  await page.keyboard.press('Escape');
  appendFileSync(file, encodeFrame(encodeEvent(scalar('loss', 3, Number.POSITIVE_INFINITY))));
  await expect
    .poll(notices)
    .toEqual([
      expect.stringMatching(
        /^convscope: quiet: loss of quiet is Infinity: it has not been finite since step 3\.$/,
      ),
    ]);
});

it('says why there are no desktop notifications where the browser refuses them', async () => {
  const { page } = await browser.open(`${hub.url}#summary?run=good`, {
    before: async (page) => {
      await page.addInitScript(() => {
        window.Notification = class extends Notification {
          static override get permission(): NotificationPermission {
            return 'denied';
          }

          static override requestPermission(): Promise<NotificationPermission> {
            return Promise.resolve('denied');
          }
        };
      });
    },
  });
  await page.getByRole('region', { name: 'Course' }).waitFor();
  await page.getByRole('button', { name: /^Alerts/ }).click();
  const box = page.getByRole('checkbox', { name: 'Show them as desktop notifications too' });
  await box.click();
  await page.getByText('The browser does not let this page show notifications').waitFor();
  expect(await box.isChecked()).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
});
