/** The page of sounds, curves of precision and recall, graphs, and what other plugins have logged. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { until } from '#server/testing/until.js';
import { axeViolations } from './harness/axe-violations.js';
import { ROOT } from './support/convscope.js';
import { maps, scalars, writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

/** Precision and recall at three thresholds. */
function curve(step: number, precision: readonly number[], recall: readonly number[]) {
  const counts = [9, 8, 3, 4, 2, 0, 0, 2, 4, 0, 1, 6];
  return createTensorRecord({
    ...{
      tag: 'test/pr',
      step,
      wallTime: 1_700_000_001,
      dtype: 'float32',
      shape: [6, 3],
      plugin: 'pr_curves',
    },
    values: Float32Array.from([...counts, ...precision, ...recall]),
  });
}

/** The files of two calls of torch's add_embedding, and a profile. */
function writeBeside(run: string): void {
  const names = ['00000', '00100'];
  const files = new Map([
    ['plugins/profile/2026_01_31_23_59_08/host.xplane.pb', 'profile'],
    ...names.flatMap((step): [string, string][] => [
      [`${step}/features/tensors.tsv`, '0.5\t1\n2\t3\n4\t5\n'],
      [`${step}/features/metadata.tsv`, 'cat\ndog\nowl\n'],
    ]),
  ]);
  const config = names.map((step) => {
    const path = `${step}/features`;
    return `embeddings { tensor_name: "features:${step}" tensor_path: "${path}/tensors.tsv" metadata_path: "${path}/metadata.tsv" }`;
  });
  files.set('projector_config.pbtxt', config.join('\n'));
  for (const [path, text] of files) {
    mkdirSync(join(run, path, '..'), { recursive: true });
    writeFileSync(join(run, path), text);
  }
}

const lineOf = (page: Page, run: string) => page.locator(`.pr-line[data-run="${run}"]`).getAttribute('d');

describe('the page of other plugins', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    const fixtures = join(ROOT, 'shared/src/event-log/fixtures/events');
    for (const run of ['tf2-summary', 'torch-graph', 'keras'])
      cpSync(join(fixtures, run), join(logdir, run), { recursive: true });
    writeLog(logdir, 'a', [
      curve(0, [0.5, 0.75, 1], [1, 0.5, 0]),
      curve(10, [0.5, 1, 1], [1, 1, 0]),
      maps('cloud', 3, [1, 4, 3], 'mesh'),
    ]);
    writeBeside(join(logdir, 'a'));
    writeLog(logdir, 'b', [curve(5, [0.25, 0.5, 1], [1, 0.5, 0])]);
    writeLog(
      logdir,
      'plain',
      scalars('loss', [0, 1], () => 1),
    );
  });
  const show = async (hash = '', theme: 'light' | 'dark' = 'light') => {
    const shown = await browser.show(`${hub.url}#other${hash}`, { theme });
    await shown.page.locator('.card-group').first().waitFor();
    return shown;
  };

  it('is named by the run page of a log without maps, with the pages of its other tags', async () => {
    const { page } = await browser.show(`${hub.url}#run?run=a`);
    const links = page.locator('.no-maps a');
    await until(async () => (await links.count()) > 0, 'the links');
    expect(await page.locator('.no-maps').innerText()).toMatch(/2 more tags on other pages: Other \(2\)/);
    // A chooser without anything to choose would ask for what cannot be done.
    expect(await page.locator('.readings').innerText()).toBe('no scalars');
    await page.goto(`${hub.url}#run?run=tf2-summary`);
    const all = ['Scalars', 'Images (3)', 'Distributions (4)', 'Text (3)', 'Other (2)'];
    await expect.poll(() => links.allInnerTexts()).toEqual(all);
    await links.last().click();
    await page.locator('.other-card[data-tag=beep]').first().waitFor();
    await page.goto(`${hub.url}#run?run=plain`);
    await page.getByText('This log holds no feature maps').waitFor();
    // The sentence comes before what the log holds is known.
    await expect.poll(() => links.allInnerTexts()).toEqual(['Scalars']);
    await links.click();
    await page.locator('[data-card="loss"]').waitFor();
  });

  it('plays the sound that TensorFlow 2 logged', async () => {
    const { page, assertClean } = await show();
    const audio = page.locator('.other-card[data-tag=beep] audio').first();
    await until(
      () => audio.evaluate((element) => (element as HTMLAudioElement).readyState > 0),
      'the length of the sound',
    );
    expect(await audio.evaluate((element) => (element as HTMLAudioElement).duration)).toBeGreaterThan(0.01);
    await assertClean();
  });

  it('draws precision against recall of all runs, at the step of the slider', async () => {
    const { page, assertClean } = await show();
    expect(await lineOf(page, 'a')).toBe('M240.00 120.00L240.00 0.00L0.00 0.00');
    expect(await lineOf(page, 'b')).toBe('M240.00 180.00L120.00 120.00L0.00 0.00');
    await page.goto(`${hub.url}#other?step=4`);
    await until(
      async () => (await lineOf(page, 'a')) === 'M240.00 120.00L120.00 60.00L0.00 0.00',
      'the earlier curve',
    );
    expect(await page.locator('.pr-card').innerText()).toContain('from step 5');
    await assertClean();
  });

  it('lists the layers of a graph of torch with shapes, and gives its bytes', async () => {
    const { page, assertClean } = await show();
    const graph = page.locator('.graph-card[data-run=torch-graph]');
    const conv = graph.getByRole('button', { name: /^Conv2d\[0\]/ });
    if ((await conv.getAttribute('aria-expanded')) === 'false') await conv.click();
    expect(await graph.innerText()).toMatch(/input\.3 aten::_convolution \d+×\d+×\d+×\d+/);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      graph.getByRole('button', { name: 'Download this graph' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('torch-graph-graph.pb');
    const { runs } = JSON.parse(readFileSync(join(hub.folder.logdir, 'torch-graph/expected.json'), 'utf8'));
    const logged = runs['.'].files[0].other_records.find(
      ({ what }: { what: string }) => what === 'graph_def',
    );
    expect(readFileSync(await file.path()).length).toBe(logged.bytes);
    await assertClean();
  });

  it('lists the layers of a model of Keras', async () => {
    const { page, assertClean } = await show();
    const model = page.locator('.graph-card[data-run="keras/train"]');
    expect(await model.innerText()).toMatch(/Dense units=\d+/);
    await assertClean();
  });

  it('lists what other plugins have logged, with what opens it', async () => {
    const { page, assertClean } = await show();
    const mesh = page.locator('tr[data-plugin=mesh]');
    expect(await mesh.innerText()).toMatch(
      /mesh\s+cloud\s+a\s+1\s+3\s+[\d.]+ B\s+A mesh or a cloud of points/,
    );
    expect(await page.locator('tr[data-plugin=no_such_plugin]').innerText()).toContain(
      'TensorBoard shows it if its plugin no_such_plugin is installed.',
    );
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      mesh.getByRole('button', { name: /^Download the newest record/ }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('a-cloud-3.event.pb');
    await assertClean();
  });

  it('lists embeddings and profiles beside the log, and gives their files', async () => {
    const { page, assertClean } = await show();
    const features = page.locator('tr[data-beside=embedding]');
    expect(await features.innerText()).toMatch(
      /Embedding\s+features\s+a\s+2 tensors, the newest 3 points × 2\s+0 to 100\s+52 B\s+TensorBoard shows it under Projector/,
    );
    expect(await page.locator('tr[data-beside=profile]').innerText()).toMatch(
      /Profile\s+2026_01_31_23_59_08\s+a\s+1 file\s+2026-01-31 23:59:08\s+7 B/,
    );
    await features.getByText('2 files of earlier steps').click();
    for (const [name, file, text] of [
      ['tensors.tsv', 'tensors.tsv', '0.5\t1\n2\t3\n4\t5\n'],
      ['00000/features/metadata.tsv', 'metadata.tsv', 'cat\ndog\nowl\n'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        features.getByRole('link', { name, exact: true }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(file);
      expect(readFileSync(await download.path(), 'utf8')).toBe(text);
    }
    await assertClean();
  });

  it('says which calls log what it shows where there is nothing', async () => {
    const { page, assertClean } = await show();
    await page
      .getByRole('group', { name: /curves/i })
      .first()
      .waitFor();
    await page.locator('#run-filter').fill('plain');
    await page.getByText('writer.add_pr_curve').waitFor();
    // The filter stays as long as the document.
    await page.locator('#run-filter').fill('');
    await assertClean();
  });

  it('has nothing for axe to find, in both themes', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const { page, assertClean } = await show('', theme);
      expect(await axeViolations(page)).toEqual([]);
      await assertClean();
    }
  });
});
