import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { PICTURES } from '../testing/product.js';
import { listExamples, runExample } from './examples.js';

const ROOT = new URL('../../../', import.meta.url);
const logdir = mkdtempSync(join(tmpdir(), 'convscope-examples-'));
afterAll(() => rmSync(logdir, { recursive: true, force: true }));

// What they print is checked beside them, in server/examples/examples.test.ts. Here the compiled files are run.
describe('the examples', () => {
  it.each(listExamples())('$name is a file that can be read and runs by its name', async ({ name, file }) => {
    expect(existsSync(fileURLToPath(new URL(file, ROOT)))).toBe(true);
    const lines: string[] = [];
    await runExample(name, (line) => lines.push(line), { logdir, data: PICTURES });
    expect(lines.length).toBeGreaterThan(0);
  });

  it('are named when another is asked for', async () => {
    const names = listExamples().map(({ name }) => name);
    expect(names).toContain('worked-example');
    await expect(runExample('nothing', () => {})).rejects.toThrow(
      `There is no example "nothing". There are: ${names.join(', ')}.`,
    );
  });
});
