import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { standInProject } from './testing/stand-in-project.js';

const SCRIPTS = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(SCRIPTS).filter((name) => name.endsWith('.cjs'));
const { take } = createRequire(import.meta.url)('./setup-lock.cjs') as {
  take(
    file: string,
    then: (release: () => void) => void,
    options: { staleMs?: number; say?: (line: string) => void },
  ): void;
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convscope-setup-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the start scripts', () => {
  it.each(files)('%s is ECMAScript 5, so that any Node can read it', (name) => {
    const source = readFileSync(join(SCRIPTS, name), 'utf8');
    expect(() => parse(source, { ecmaVersion: 5, sourceType: 'script' })).not.toThrow();
  });

  it('would be refused with an arrow function in them', () => {
    expect(() => parse('var f = (x) => x;', { ecmaVersion: 5 })).toThrow();
  });

  it.each(['start.cjs', 'test.cjs', 'dev.cjs'])(
    '%s tells an old Node what is needed, and ends with 1',
    (name) => {
      const old = join(folder, 'old-node.cjs');
      writeFileSync(
        old,
        `Object.defineProperty(process.versions, 'node', { value: '18.20.4' });\nrequire(${JSON.stringify(join(SCRIPTS, name))});\n`,
      );
      const { status, stderr, stdout } = spawnSync(process.execPath, [old], { encoding: 'utf8' });
      expect({ status, stderr, stdout }).toEqual({
        status: 1,
        stderr: 'convscope: Node 20 or newer is needed, this is 18.20.4. Get it from https://nodejs.org.\n',
        stdout: '',
      });
    },
  );

  // npm's part, as npm 11 does it: `--steps 300` becomes npm_config_steps=true and a loose 300.
  it.each([
    [{ npm_config_steps: 'true' }, ['train', '300'], 'npm start -- --steps 300'],
    [{ npm_config_max_log_mb: '5' }, ['train'], 'npm start -- --max-log-mb 5'],
    [
      { npm_config_lr: 'true', npm_config_steps: 'true' },
      ['train', '300', '0.1'],
      'npm start -- --lr … --steps …',
    ],
    [
      { npm_config_open: '', npm_config_exit_when_done: 'true' },
      ['train'],
      'npm start -- --exit-when-done --no-open',
    ],
    [{ npm_config_port: '7000', npm_lifecycle_event: 'hub' }, ['serve'], 'npm run hub -- --port 7000'],
  ])('refuse flags that npm kept for itself, with the right command: %o', (config, args, command) => {
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
    );
    const { status, stderr } = spawnSync(process.execPath, [join(SCRIPTS, 'start.cjs'), ...args], {
      encoding: 'utf8',
      env: { ...clean, npm_lifecycle_event: 'start', ...config },
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining(`Put -- before the flags: ${command}\n`),
    });
  });

  it('install and build what is missing once, however many start at the same time', async () => {
    const { root, npm, steps } = standInProject(folder);
    const start = (arg: string) =>
      new Promise<{ code: number | null; output: string }>((resolve) => {
        const child = spawn(process.execPath, [join(root, 'scripts', 'start.cjs'), arg], {
          env: { ...process.env, npm_execpath: npm },
        });
        let output = '';
        child.stdout.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
        child.on('close', (code) => resolve({ code, output }));
      });
    const both = await Promise.all([start('one'), start('two')]);
    for (const [i, arg] of ['one', 'two'].entries())
      expect(both[i]).toEqual({ code: 0, output: expect.stringContaining(`ran ${arg}`) });
    expect(steps()).toEqual(['install', 'build']);

    writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
    await start('three');
    expect(steps()).toEqual(['install', 'build', 'install', 'build']);
    expect((await start('four')).output).toBe('ran four\n');
    expect(steps()).toHaveLength(4);

    // As after `npm ci` by hand: all that the lock file asks for, except a package for another platform.
    const packages = { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } };
    const lock = { ...packages, 'node_modules/b': { version: '2.0.0', optional: true }, shared: {} };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: lock }));
    writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
    await start('five');
    expect(steps().slice(4)).toEqual(['build']);
    const newer = { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-y' } };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: newer }));
    await start('six');
    expect(steps().slice(5)).toEqual(['install', 'build']);

    // Replace a file with one of the same size and an older date.
    writeFileSync(join(root, 'shared', 'one.ts'), '1');
    await start('seven');
    writeFileSync(join(root, 'shared', 'one.ts'), '2');
    utimesSync(join(root, 'shared', 'one.ts'), 1, 1);
    await start('eight');
    expect(steps().slice(7)).toEqual(['build', 'build']);
    expect(existsSync(join(root, '.convscope-setup.lock'))).toBe(false);
  });

  it('end what they started when the shell between npm and them is ended', async () => {
    const { root, npm } = standInProject(folder);
    writeFileSync(
      join(root, 'server', 'bin', 'convscope.js'),
      "process.on('SIGTERM', () => { console.log('told to end'); process.exit(); }); setInterval(() => 0, 1e6); console.log('started');",
    );
    // With a single command the shell would replace itself by it.
    const shell = spawn('sh', ['-c', `"${process.execPath}" scripts/start.cjs train; true`], {
      cwd: root,
      env: { ...process.env, npm_execpath: npm, npm_lifecycle_event: 'start' },
    });
    let output = '';
    shell.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.endsWith('started\n')) shell.kill('SIGTERM');
    });
    // The stream stays open until the processes that the shell started have ended.
    await new Promise((resolve) => shell.on('close', resolve));
    expect(output).toMatch(/started\ntold to end\n$/);
  });
});

describe('the setup lock', () => {
  const taken = (options: { staleMs?: number } = {}) =>
    new Promise<() => void>((resolve) =>
      take(join(folder, 'lock'), resolve, { say: () => undefined, ...options }),
    );

  it('goes to one at a time', async () => {
    const release = await taken();
    let second = false;
    const next = taken().then((release) => {
      second = true;
      return release;
    });
    // `say` is called once it has found the lock held.
    let third = Promise.resolve();
    await new Promise<void>((waits) => {
      third = new Promise((done) => {
        const then = (release: () => void) => {
          release();
          done();
        };
        take(join(folder, 'lock'), then, { say: () => waits() });
      });
    });
    expect(second).toBe(false);
    release();
    (await next)();
    await third;
  });

  it('is taken at once from a process of this machine that is gone', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(join(folder, 'lock'), `${gone}\n${hostname()}\nx`);
    (await taken({ staleMs: 600_000 }))();
  });

  it.each([
    ['cut short by a kill', ''],
    ['of another machine', `1\nelsewhere\nx`],
    ['of a process number that somebody else has by now', `${process.ppid}\n${hostname()}\nx`],
  ])('is taken from a holder that does not move: %s', async (_, text) => {
    const file = join(folder, 'lock');
    writeFileSync(file, text);
    // A clock that is an hour off makes no difference.
    utimesSync(file, Date.now() / 1000 + 3600, Date.now() / 1000 + 3600);
    (await taken({ staleMs: 300 }))();
    expect(existsSync(file)).toBe(false);
  });
});
