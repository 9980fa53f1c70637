import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listExamples, runExample } from './examples.js';

describe('the examples', () => {
  it('are files that can be read', () => {
    const root = new URL('../../../', import.meta.url);
    expect(listExamples().map(({ file }) => existsSync(fileURLToPath(new URL(file, root))))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  it('are named when another is asked for', async () => {
    await expect(runExample('nothing', () => {})).rejects.toThrow(
      'There is no example "nothing". There are: output-shapes, worked-example, dilation-and-groups, cifar10-pictures.',
    );
  });
});
