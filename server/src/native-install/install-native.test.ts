import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { locateNative, nativeTree } from '../tfjs/locate-native.js';
import { type InstallOptions, type InstallReport, installNative } from './install-native.js';
import { fakeMachine, SMALL_LIBRARY, writeTool } from './testing/fake-commands.js';

const BUILDS_ADDON = `const fs = require('fs');
  fs.mkdirSync('deps/lib', { recursive: true });
  fs.mkdirSync('lib/napi-v8', { recursive: true });
  fs.writeFileSync('lib/napi-v8/tfjs_binding.node', '');`;

describe('installing the native binding', () => {
  let machine: Awaited<ReturnType<typeof fakeMachine>>;
  let lines: string[];
  afterEach(() => rm(machine.directory, { recursive: true, force: true }));
  beforeEach(async () => {
    machine = await fakeMachine();
    lines = [];
  });

  function options(more: Partial<InstallOptions> = {}): InstallOptions {
    return {
      packages: ['tfjs-node'],
      cacheDirectory: machine.cacheDirectory,
      env: machine.env,
      libraryFor: () => SMALL_LIBRARY,
      onProgress: (line) => lines.push(line),
      ...more,
    };
  }
  const native = () => join(machine.cacheDirectory, 'native');
  async function callsOf(file: string): Promise<number> {
    return existsSync(file) ? (await readFile(file, 'utf8')).split('\n').length - 1 : 0;
  }
  /** Fails where nothing was installed, instead of naming a file in the current folder. */
  function mainFileOf(report: InstallReport): string {
    const directory = report.packages[0]?.directory;
    if (directory === undefined) throw new Error(JSON.stringify(report));
    return join(directory, 'index.js');
  }
  async function leftovers(): Promise<string[]> {
    return (await readdir(native())).filter((name) => !/^(libraries|tfjs-node)/.test(name));
  }

  it('uses the own download of the package if that works', async () => {
    await rm(machine.directory, { recursive: true });
    machine = await fakeMachine({ installScript: BUILDS_ADDON });
    const report = await installNative(options());
    expect(report).toMatchObject({
      ok: true,
      packages: [{ name: 'tfjs-node', outcome: 'installed', way: 'own download' }],
    });
    expect(report.packages[0]?.library).toBe('libtensorflow 2.9.1');
    expect(await callsOf(machine.pipCalls)).toBe(0);
  });

  it('otherwise uses PyPI, for both packages with one download, and says so', async () => {
    const report = await installNative(options({ packages: ['tfjs-node-gpu', 'tfjs-node'] }));
    expect(report.packages).toMatchObject([
      { name: 'tfjs-node-gpu', outcome: 'installed', way: 'PyPI', library: 'libtensorflow 2.15.1' },
      { name: 'tfjs-node', outcome: 'installed', way: 'PyPI', library: 'libtensorflow 2.15.1' },
    ]);
    expect(await callsOf(machine.pipCalls)).toBe(1);
    expect(lines).toContain(
      'tfjs-node: its own download does not work here (its install script ended with code 1)',
    );
    for (const name of ['tfjs-node', 'tfjs-node-gpu'] as const) {
      const location = locateNative(name, {
        cacheDirectory: machine.cacheDirectory,
        workingDirectory: machine.directory,
      });
      expect(location).toMatchObject({ source: 'convscope cache', library: 'libtensorflow 2.15.1' });
    }
    const home = report.packages[0]?.directory ?? '';
    expect((await readdir(join(home, 'deps', 'lib'))).sort()).toEqual([
      'libtensorflow.so',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so',
      'libtensorflow_framework.so.2',
    ]);
    // Source maps are most of the tree and are not needed.
    expect(existsSync(join(home, 'index.js'))).toBe(true);
    expect(existsSync(join(home, 'index.js.map'))).toBe(false);
    expect(await leftovers()).toEqual([]);
  });

  it('only tries what is installed the second time', async () => {
    await installNative(options());
    const report = await installNative(options({ env: { PATH: '' } }));
    expect(report).toMatchObject({
      ok: true,
      packages: [{ outcome: 'already there', library: 'libtensorflow 2.15.1' }],
    });
    expect(report.packages[0]?.smoke).toMatchObject({ tensorflow: '2.15.1', gpu: false });
    expect(await callsOf(machine.npmCalls)).toBe(1);
  });

  it('reinstalls what does not work', async () => {
    const first = await installNative(options());
    await writeFile(mainFileOf(first), 'throw new Error("a broken library")');
    const report = await installNative(options());
    expect(report.packages[0]).toMatchObject({ outcome: 'installed' });
    expect(lines).toContain(
      'tfjs-node: what is in the cache does not work (a broken library); installing it again',
    );
  });

  it('survives a library that crashes while it loads', async () => {
    const first = await installNative(options());
    await writeFile(mainFileOf(first), 'process.kill(process.pid, "SIGSEGV")');
    await installNative(options());
    expect(lines.join('\n')).toMatch(
      /does not work \(the native library crashed \(SIGSEGV\)\); installing it again/,
    );
  });

  it('lets only one of two concurrent installs do the work', async () => {
    const reports = await Promise.all([installNative(options()), installNative(options())]);
    const outcomes = reports.map((report) => report.packages[0]?.outcome).sort();
    expect(outcomes).toEqual(['already there', 'installed']);
    expect(await callsOf(machine.npmCalls)).toBe(1);
    expect(lines.join('\n')).toMatch(/waiting for another install \(process \d+ on .*\)/);
    expect(await leftovers()).toEqual([]);
  });

  it('leaves no partial install when it is interrupted while pip downloads', async () => {
    const controller = new AbortController();
    const slowPython = await writeTool(
      join(machine.directory, 'slow-python'),
      `require('fs').writeFileSync(${JSON.stringify(join(machine.directory, 'started'))}, '');
       setInterval(() => {}, 1000);`,
    );
    const env = { ...machine.env, CONVSCOPE_PYTHON: slowPython };
    const outcome = expect(installNative(options({ env, signal: controller.signal }))).rejects.toThrow(
      'interrupted',
    );
    await vi.waitFor(() => expect(existsSync(join(machine.directory, 'started'))).toBe(true), 20_000);
    controller.abort(new Error('interrupted'));
    await outcome;
    // The downloads are kept, so that the next install can continue.
    expect(await leftovers()).toEqual(['downloads']);
    expect(existsSync(nativeTree('tfjs-node', machine.cacheDirectory))).toBe(false);
    expect((await installNative(options())).ok).toBe(true);
  });

  it('says plainly that the compiler is missing, before it downloads', async () => {
    const { CXX: _left, ...env } = machine.env;
    const report = await installNative(options({ env }));
    expect(report.ok).toBe(false);
    expect(report.packages[0]?.error).toMatch(
      /No C\+\+ compiler was found \(looked for g\+\+, c\+\+, clang\+\+\).*apt install g\+\+/,
    );
    expect(await callsOf(machine.pipCalls)).toBe(0);
  });

  it('passes on what the compiler says', async () => {
    const CXX = await writeTool(
      join(machine.directory, 'angry-compiler'),
      `console.error('tfjs_backend.cc:1: error: no'); process.exit(1);`,
    );
    const report = await installNative(options({ env: { ...machine.env, CXX } }));
    expect(report.packages[0]?.error).toMatch(
      /could not build the addon[\s\S]*tfjs_backend\.cc:1: error: no/,
    );
    expect(await leftovers()).toEqual([]);
  });

  it('gives both reasons when neither works', async () => {
    const report = await installNative(
      options({ libraryFor: () => ({ refused: 'There is no wheel for this machine.' }) }),
    );
    expect(report.packages[0]?.error).toBe(
      "The package's own download failed (its install script ended with code 1). There is no wheel for this machine.",
    );
  });

  it('continues with the second package when the first fails', async () => {
    const libraryFor = (kind: 'cpu' | 'cuda') =>
      kind === 'cuda' ? { refused: 'No CUDA here.' } : SMALL_LIBRARY;
    const report = await installNative(
      options({ packages: ['tfjs-node-gpu', 'tfjs-node'], cuda: 'yes', libraryFor }),
    );
    expect(report.ok).toBe(false);
    expect(report.packages.map((entry) => entry.outcome)).toEqual(['failed', 'installed']);
  });

  it('reinstalls with CUDA when there is a GPU and the installed package has no CUDA', async () => {
    await installNative(options({ packages: ['tfjs-node-gpu'] }));
    const asked: string[] = [];
    const report = await installNative(
      options({
        packages: ['tfjs-node-gpu'],
        cuda: 'yes',
        way: 'PyPI',
        libraryFor: (kind) => {
          asked.push(kind);
          return { refused: 'No CUDA here.' };
        },
      }),
    );
    expect(asked).toEqual(['cuda']);
    expect(report.ok).toBe(false);
    expect(lines).toContain('tfjs-node-gpu: what is in the cache has no CUDA; installing it again with CUDA');
    // A failed attempt keeps the package that worked before.
    const location = locateNative('tfjs-node-gpu', {
      cacheDirectory: machine.cacheDirectory,
      workingDirectory: machine.directory,
    });
    expect(location?.library).toBe('libtensorflow 2.15.1');
  });
});
