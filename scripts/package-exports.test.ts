import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// Against the built package and with plain Node, as a program that has installed convscope would import it.

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const OFFERED: Readonly<Record<string, string>> = {
  'convscope/backend': 'loadBackend',
  'convscope/conv-transpose2d': 'convTranspose2d',
  'convscope/conv2d': 'conv2d',
  'convscope/conv2d-layer': 'conv2dLayer',
  'convscope/data': 'loadData',
  'convscope/hub': 'createHub',
  'convscope/start-hub': 'startHub',
  'convscope/storage': 'openLocalLogdir',
  'convscope/summary-writer': 'createSummaryWriter',
};

const INNER = [
  'convscope',
  'convscope/hub/hub-core.js',
  'convscope/dist/hub/hub-core.js',
  'convscope/src/hub/hub-core.ts',
  'convscope/conv2d.js',
];

/** Imports each name in a Node process of its own. Gives what it exports, or the code of the error. */
function imported(names: readonly string[]): Record<string, string[] | string> {
  const program = `
    const found = {};
    for (const name of ${JSON.stringify(names)}) {
      found[name] = await import(name).then(Object.keys, ({ code }) => code);
    }
    process.stdout.write(JSON.stringify(found));
  `;
  const args = ['--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' }));
}

describe('the package as others import it', () => {
  it('offers what is listed, each under its name', () => {
    const found = imported(Object.keys(OFFERED));
    for (const [name, what] of Object.entries(OFFERED)) expect(found[name], name).toContain(what);
  });

  it('offers nothing that is not listed here', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'server', 'package.json'), 'utf8'));
    const names = Object.keys(manifest.exports).map((subpath) => `convscope${subpath.slice(1)}`);
    expect(names.sort()).toEqual(Object.keys(OFFERED));
  });

  it('keeps its inner files to itself', () => {
    const found = imported(INNER);
    for (const name of INNER) expect(found[name], name).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});
