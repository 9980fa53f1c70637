/**
 * Measures what an exported run takes: its size beside that of its log, how long it takes to write, and how long Chromium takes
 * from opening the file to the maps.
 *
 *   node scripts/dist/bench/export.js RUN_FOLDER [--rounds N] [--json FILE]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exportToFile } from '#server/export/export-run.js';
import { launchBrowser } from '../browser/harness/launch-browser.js';
import { openPage } from '../browser/harness/open-page.js';
import { ROOT } from '../browser/support/convscope.js';
import { readCommandLine, required, wholeNumber } from '../command-line.js';
import { benchRow, jsonFlag, report } from './report.js';

const { flags, words } = readCommandLine({
  run: 'node scripts/dist/bench/export.js',
  purpose: 'Measures the size of an exported run, and how long it takes to write and to open.',
  words: { run: required('the folder of a run with feature maps') },
  flags: { rounds: wholeNumber('times that it is written and opened', 7), json: jsonFlag },
});

const folder = mkdtempSync(join(tmpdir(), 'convscope-export-'));
const output = join(folder, 'run.html');
const browser = await launchBrowser();
const sizes: number[] = [];
const logs: number[] = [];
const writeMs: number[] = [];
const openMs: number[] = [];
try {
  for (let round = 0; round < flags.rounds; round++) {
    const began = performance.now();
    const size = await exportToFile({
      ...{ run: words.run, logdir: dirname(words.run), output },
      clientDirectory: join(ROOT, 'client', 'dist'),
      sized: ({ log }) => logs.push(log / 1e6),
    });
    writeMs.push(performance.now() - began);
    sizes.push(size / 1e6);
    const { page, close } = await openPage(browser, { width: 1440, height: 900 });
    const opened = performance.now();
    await page.goto(pathToFileURL(output).href);
    await page.waitForFunction(() => window.__convscope?.settled === true, undefined, { polling: 'raf' });
    openMs.push(performance.now() - opened);
    await close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
report(
  'export',
  [
    benchRow({ name: 'the file, and its log', unit: 'MB', ours: sizes, peer: logs }),
    benchRow({ name: 'write it', unit: 'ms', ours: writeMs }),
    benchRow({ name: 'open it, to the maps', unit: 'ms', ours: openMs }),
  ],
  flags.json,
);
