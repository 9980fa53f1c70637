/** Opens a URL at a given size and theme and writes a PNG: `node scripts/dist/screenshot.js URL FILE [options]`. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { launchBrowser } from './browser/harness/launch-browser.js';
import { openPage } from './browser/harness/open-page.js';
import { screenshot } from './browser/harness/screenshot.js';

const USAGE = `Usage: node scripts/dist/screenshot.js URL FILE.png [options]   (first: npx tsc -b scripts)
  --width N        CSS pixels (1280)
  --height N       CSS pixels (800)
  --theme NAME     light or dark (light)
  --scale N        device pixels per CSS pixel (1)
  --full-page      the whole height of the page
  --wait-for CSS   wait until this element is visible
  --press KEYS     keys to press afterwards, separated by commas`;

function positiveNumber(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0, not "${text}".`);
  return value;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      width: { type: 'string', default: '1280' },
      height: { type: 'string', default: '800' },
      theme: { type: 'string', default: 'light' },
      scale: { type: 'string', default: '1' },
      'full-page': { type: 'boolean', default: false },
      'wait-for': { type: 'string' },
      press: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [url, file] = positionals;
  if (values.help || url === undefined || file === undefined) {
    console.log(USAGE);
    if (!values.help) process.exitCode = 2;
    return;
  }
  const { theme } = values;
  if (theme !== 'light' && theme !== 'dark') throw new Error(`--theme is light or dark, not "${theme}".`);
  const browser = await launchBrowser();
  try {
    const { page, problems } = await openPage(browser, {
      width: positiveNumber('width', values.width),
      height: positiveNumber('height', values.height),
      scale: positiveNumber('scale', values.scale),
      theme,
    });
    await page.goto(url);
    const selector = values['wait-for'];
    if (selector !== undefined) await page.locator(selector).first().waitFor({ state: 'visible' });
    for (const key of values.press?.split(',') ?? []) await page.keyboard.press(key);
    await screenshot(page, file, { fullPage: values['full-page'] });
    for (const problem of problems) console.error(problem);
    console.log(`wrote ${file}`);
  } finally {
    await browser.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
