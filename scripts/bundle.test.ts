import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SERVER = join(dirname(dirname(fileURLToPath(import.meta.url))), 'server');

describe('the command line', () => {
  let root: string;
  const server = (...path: string[]) => join(root, 'server', ...path);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'convscope-bundle-'));
    for (const folder of ['dist/cli', 'dist/bundle', '../shared'])
      mkdirSync(server(folder), { recursive: true });
    cpSync(join(SERVER, 'bin'), server('bin'), { recursive: true });
    write(server('package.json'), '{ "type": "module" }', 1);
    write(server('dist', 'bundle', 'package.json'), '{ "type": "commonjs" }', 1);
    write(server('dist', 'cli', 'cli.js'), `export const run = ${says('files')};`, 1);
    write(server('tsconfig.tsbuildinfo'), '{}', 10);
    write(server('..', 'shared', 'tsconfig.tsbuildinfo'), '{}', 10);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const says = (what: string) => `() => process.stdout.write('${what}')`;
  const bundled = `exports.run = ${says('bundle')};`;
  function write(path: string, text: string, seconds: number): void {
    writeFileSync(path, text);
    utimesSync(path, seconds, seconds);
  }
  const run = () => spawnSync(process.execPath, [server('bin', 'convscope.js')], { encoding: 'utf8' }).stdout;

  it('is run from the bundle where there is one', () => {
    expect(run()).toBe('files');
    write(server('dist', 'bundle', 'cli.js'), bundled, 11);
    expect(run()).toBe('bundle');
  });

  it.each(['server', 'shared'])(
    'is run from its files where %s was compiled after the bundle was made',
    (workspace) => {
      write(server('dist', 'bundle', 'cli.js'), bundled, 11);
      write(join(root, workspace, 'tsconfig.tsbuildinfo'), '{}', 12);
      expect(run()).toBe('files');
    },
  );
});

describe('the bundle', () => {
  it('holds each program that is started by its path', () => {
    const config = readFileSync(join(SERVER, 'rolldown.config.mjs'), 'utf8');
    const source = join(SERVER, 'src');
    const started = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .flatMap((path) => {
        const text = readFileSync(join(source, path), 'utf8');
        const names = text.matchAll(/builtFile\(import\.meta\.url, '\.\/([^']+)\.js'\)/g);
        return Array.from(names, ([, name]) => `'${join(dirname(path), name!).replaceAll('\\', '/')}'`);
      });
    expect(started).toContain("'logdir/bulk/bulk-thread'");
    for (const name of started) expect(config).toContain(name);
  });

  it('imports only where Node itself has loaded the code, since `import()` fails elsewhere', () => {
    const folder = join(SERVER, 'dist', 'bundle');
    const importing = readdirSync(folder).filter((name) => {
      if (!name.endsWith('.js')) return false;
      const code = readFileSync(join(folder, name), 'utf8').replace(/^\s*(\*|\/\/|\/\*).*$/gm, '');
      return /\bimport\(/.test(code);
    });
    expect(importing.map((name) => name.replace(/-[\w-]{8}\.js$/, ''))).toEqual(['load-program']);
  });

  it('is ASCII, since V8 keeps other texts in twice the memory', () => {
    const folder = join(SERVER, 'dist', 'bundle');
    const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
    expect(files).toContain('hub-process.js');
    const others = files.filter((name) => readFileSync(join(folder, name)).some((byte) => byte > 127));
    expect(others).toEqual([]);
  });

  it('knows the media types that the hub names by an ending', async () => {
    const source = join(SERVER, 'src', 'hub', 'http');
    const texts = readdirSync(source)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(source, name), 'utf8'));
    const endings = texts.flatMap((text) =>
      Array.from(text.matchAll(/\.type\('(\w+)'\)/g), ([, ending]) => ending!),
    );
    expect(endings).toEqual(expect.arrayContaining(['html', 'json']));
    const folder = join(SERVER, 'dist', 'bundle');
    const name = readdirSync(folder).find((file) => /^express-.*\.js$/.test(file))!;
    const { require_express: load } = createRequire(import.meta.url)(join(folder, name));
    const express: { readonly response: object } = load();
    const typeOf = (ending: string) => {
      let type = '';
      const response = { __proto__: express.response, set: (_: string, value: string) => (type = value) };
      (response as unknown as { type(ending: string): void }).type(ending);
      return type;
    };
    expect(Object.fromEntries(['html', 'json', 'txt'].map((ending) => [ending, typeOf(ending)]))).toEqual({
      html: 'text/html; charset=utf-8',
      json: 'application/json; charset=utf-8',
      txt: 'text/plain; charset=utf-8',
    });
    expect(endings.map(typeOf)).not.toContain('application/octet-stream');
  });
});
