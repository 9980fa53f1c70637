import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryOwnDownload } from './own-download.js';
import { temporaryDirectory } from './testing/fake-commands.js';

const MANIFEST = JSON.stringify({
  name: 'package',
  scripts: { install: 'node scripts/install.js gpu download' },
});

describe("the package's own download", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    await mkdir(join(directory, 'scripts'));
    await writeFile(join(directory, 'package.json'), MANIFEST);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function attempt(script: string, more: { stallMilliseconds?: number; signal?: AbortSignal } = {}) {
    await writeFile(join(directory, 'scripts', 'install.js'), script);
    const options = {
      packageDirectory: directory,
      binDirectory: join(directory, 'bin'),
      env: { PATH: '' },
      ...more,
    };
    return tryOwnDownload(options);
  }

  it("runs the package's install script with its arguments and its tools in PATH", async () => {
    const result = await attempt(
      `const fs = require('fs');
       fs.mkdirSync('lib/napi-v8', { recursive: true });
       fs.writeFileSync('lib/napi-v8/said.json', JSON.stringify([process.argv.slice(2), process.env.PATH]));`,
    );
    expect(result).toEqual({ ok: true });
    const [args, path] = JSON.parse(await readFile(join(directory, 'lib/napi-v8/said.json'), 'utf8'));
    expect(args).toEqual(['gpu', 'download']);
    expect(path.startsWith(join(directory, 'bin'))).toBe(true);
  });

  it('says why it failed and leaves the package as it was', async () => {
    const result = await attempt(
      `const fs = require('fs');
       fs.mkdirSync('deps/lib', { recursive: true });
       fs.writeFileSync('package.json', '{}');
       throw new Error('getaddrinfo ENOTFOUND storage.example');`,
    );
    expect(result).toEqual({ ok: false, reason: 'getaddrinfo ENOTFOUND storage.example' });
    expect(existsSync(join(directory, 'deps'))).toBe(false);
    expect(await readFile(join(directory, 'package.json'), 'utf8')).toBe(MANIFEST);
  });

  it('fails when the script succeeds but leaves no addon', async () => {
    expect(await attempt('')).toEqual({ ok: false, reason: 'its install script left no addon' });
  });

  it('aborts a download that stalls', async () => {
    const result = await attempt('setInterval(() => {}, 1000)', { stallMilliseconds: 400 });
    expect(result).toEqual({ ok: false, reason: 'no byte came for 0.4 s' });
  });

  it('throws when it is aborted', async () => {
    const reason = new Error('interrupted');
    await expect(attempt('setInterval(() => {}, 1000)', { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});
