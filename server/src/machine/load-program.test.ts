import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProcess } from '../testing/process.js';

// It is run in processes of its own, as the bundle is.
const LOADER = pathToFileURL(fileURLToPath(new URL('../../dist/machine/load-program.js', import.meta.url)));

describe('a program of the bundle', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'convscope-program-'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  }

  // Node keeps its own in a folder beside it.
  const kept = () => readdirSync(join(folder, 'cache')).filter((name) => name.endsWith('.code'));

  async function run(before = ''): Promise<string> {
    const script = `const { loadProgram, changeV8Flag } = await import('${LOADER}'); ${before}; loadProgram(process.argv[1], 'a.js');`;
    const { ended, output } = startProcess(['--input-type=module', '-e', script, folder], {
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') },
      timeoutMs: 20_000,
    });
    await ended;
    return output().trim();
  }

  it('is not run from code of an earlier text of the same length', async () => {
    write({ 'a.js': 'console.log(require("./b.js").b);', 'b.js': 'exports.b = 1;' });
    expect(await run()).toBe('1');
    expect(kept()).toHaveLength(1);
    write({ 'b.js': 'exports.b = 2;' });
    expect(await run()).toBe('2');
    expect(await run()).toBe('2');
  });

  it('loads modules once, in circles as well, and gives them what Node does', async () => {
    write({
      'a.js':
        'exports.early = 1; const { b } = require("./b.js"); console.log(b, __dirname === process.argv[1]);',
      'b.js':
        'const a = require("./a.js"); exports.b = [a.early, require("node:path").basename(__filename), require("./b.js") === exports];',
    });
    expect(await run()).toBe(`[ 1, 'b.js', true ] true`);
  });

  it('runs a module again that failed, as Node does', async () => {
    write({
      'a.js':
        'for (const _ of [1, 2]) { try { require("./b.js"); } catch (error) { console.log(error.message); } }',
      'b.js': 'globalThis.times = (globalThis.times ?? 0) + 1; throw new Error("failed " + times);',
    });
    expect(await run()).toBe('failed 1\nfailed 2');
  });

  it('names file and line of an error', async () => {
    write({
      'a.js': '\nrequire("./b.js")();',
      'b.js': 'module.exports =\n() => { throw new Error("why") };',
    });
    for (const _ of ['compiled', 'kept']) {
      const said = await run();
      expect(said).toContain(`${join(folder, 'b.js')}:2`);
      expect(said).toContain(`${join(folder, 'a.js')}:2`);
      expect(said).toContain('Error: why');
    }
  });

  it('is compiled with V8’s own flags, whatever a process changes', async () => {
    write({ 'a.js': 'console.log(1)' });
    const written = () => statSync(join(folder, 'cache', kept()[0]!)).ino;
    await run();
    const before = written();
    expect(await run(`changeV8Flag('--semi-space-growth-factor=1', '--semi-space-growth-factor=2')`)).toBe(
      '1',
    );
    // What V8 does not take is compiled and written again.
    expect(written()).toBe(before);
    await run(`(await import('node:v8')).setFlagsFromString('--semi-space-growth-factor=1')`);
    expect(written()).not.toBe(before);
  });
});
