/**
 * Opens a URL at a given size and theme and writes a PNG, once the page has drawn its maps.
 *
 *   node scripts/dist/screenshot.js URL FILE.png [--width N] [--height N] [--theme NAME] …
 */

import process from 'node:process';
import { messageOf } from '@convscope/shared/message-of.js';
import { launchBrowser } from './browser/harness/launch-browser.js';
import { openPage } from './browser/harness/open-page.js';
import { screenshot } from './browser/harness/screenshot.js';
import { untilDrawn } from './browser/harness/until-drawn.js';
import { oneOf, onOff, positiveNumber, readCommandLine, required, text } from './command-line.js';

const { flags, words } = readCommandLine({
  run: 'node scripts/dist/screenshot.js',
  purpose: 'Opens a page in the browser and writes a picture of it.',
  words: { URL: required('the page'), 'FILE.png': required('where the picture goes') },
  flags: {
    width: positiveNumber('CSS pixels', 1280),
    height: positiveNumber('CSS pixels', 800),
    theme: oneOf(['light', 'dark'], 'the theme', 'light'),
    scale: positiveNumber('device pixels per CSS pixel', 1),
    'full-page': onOff('the whole height of the page'),
    'wait-for': text('CSS', 'wait until this element is visible'),
    press: text('KEYS', 'keys to press afterwards, separated by commas'),
  },
});

async function main(): Promise<void> {
  const file = words['FILE.png'];
  const { width, height, scale, theme } = flags;
  const browser = await launchBrowser();
  try {
    const { page, problems } = await openPage(browser, { width, height, scale, theme });
    await page.goto(words.URL);
    await untilDrawn(page);
    const selector = flags['wait-for'];
    if (selector !== undefined) await page.locator(selector).first().waitFor({ state: 'visible' });
    for (const key of flags.press?.split(',') ?? []) await page.keyboard.press(key);
    if (flags.press !== undefined) await untilDrawn(page);
    await screenshot(page, file, { fullPage: flags['full-page'] });
    for (const problem of problems) console.error(problem);
    console.log(`wrote ${file}`);
  } finally {
    await browser.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
