import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standInProject } from './testing/stand-in-project.js';

const SCRIPTS = fileURLToPath(new URL('.', import.meta.url));
const ROOT = dirname(SCRIPTS);
/** These pass unknown flags on to the convscope command line, which refuses them with its own message and exit code. */
const PASS_ON = ['dev.cjs', 'start.cjs'];
/** What tests run and users do not. */
const FOR_TESTS = /(^|\/)(support|testing)\//;

function sources(): string[] {
  return readdirSync(SCRIPTS, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(ts|cjs|mjs)$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path));
}

/** The sources that a user runs: those that no other source imports. */
function entries(): string[] {
  const files = sources();
  const imported = files.flatMap((path) => {
    const text = readFileSync(join(SCRIPTS, path), 'utf8');
    const names = text.matchAll(/(?:from|import|require\()\s*'(\.[^']+)'/g);
    return Array.from(names, ([, name]) =>
      relative(SCRIPTS, resolve(SCRIPTS, dirname(path), name!))
        .replaceAll('\\', '/')
        .replace(/\.js$/, '.ts'),
    );
  });
  return files
    .filter((path) => !path.endsWith('.test.ts') && !FOR_TESTS.test(path) && !imported.includes(path))
    .sort();
}

const folder = mkdtempSync(join(tmpdir(), 'convscope-entries-'));
const project = standInProject(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  /** Null for a script that has not ended itself. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What is in the folder afterwards that was not there before. */
  readonly left: readonly string[];
}

const npmNames = Object.keys(process.env).filter((name) => name.startsWith('npm_'));
const env = { ...process.env, ...Object.fromEntries(npmNames.map((name) => [name, undefined])) };

/** Runs a launcher as a user would, in a stand-in project, where setting up takes no time. */
function launch(entry: string, ...args: string[]): Ended {
  const before = readdirSync(folder);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(project.root, 'scripts', entry), ...args],
    { encoding: 'utf8', cwd: folder, env: { ...env, npm_execpath: project.npm }, timeout: 60_000 },
  );
  return { status, stdout, stderr, left: readdirSync(folder).filter((name) => !before.includes(name)) };
}

/** How scripts end with these arguments, all run in one process. */
function read(scripts: readonly string[], args: readonly string[]): Ended[] {
  const files = scripts.map((entry) => join(SCRIPTS, 'dist', entry.replace(/\.ts$/, '.js')));
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`${missing} is not there. Run: npx tsc -b`);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(SCRIPTS, 'testing', 'read-command-lines.mjs')],
    {
      encoding: 'utf8',
      cwd: folder,
      env,
      timeout: 100_000,
      input: JSON.stringify(files.map((file) => ({ file, args }))),
    },
  );
  if (stdout === '') throw new Error(`The scripts could not be run: ${stderr}`);
  return JSON.parse(stdout) as Ended[];
}

const helps = new Map<string, Ended>();
const refusals = new Map<string, Ended>();
const UNKNOWN = '--no-such-flag';

beforeAll(() => {
  const real = pathToFileURL(join(ROOT, 'server', 'bin', 'convscope.js')).href;
  writeFileSync(join(project.root, 'server', 'bin', 'convscope.js'), `import(${JSON.stringify(real)});\n`);
  launch('start.cjs', '--version');
  const launchers = entries().filter((entry) => entry.endsWith('.cjs'));
  for (const entry of launchers) {
    helps.set(entry, launch(entry, '--help'));
    refusals.set(entry, launch(entry, UNKNOWN));
  }
  const scripts = entries().filter((entry) => !launchers.includes(entry));
  for (const [at, help] of read(scripts, ['--help']).entries()) helps.set(scripts[at]!, help);
  for (const [at, refusal] of read(scripts, [UNKNOWN]).entries()) refusals.set(scripts[at]!, refusal);
});

describe('what can be run', () => {
  it('is found: benches, checks and launchers', () => {
    expect(entries()).toEqual(
      expect.arrayContaining(['bench/log-read.ts', 'kill-campaign/run.ts', 'screenshot.ts', 'test.cjs']),
    );
  });

  it.each(entries())('%s says at its top what it is for and how it is run', (entry) => {
    const top = readFileSync(join(SCRIPTS, entry), 'utf8').match(/^\/\*[\s\S]*?\*\//)?.[0] ?? '';
    expect(top).toMatch(/npm (start|test|run )|node scripts\/dist\//);
    const help = helps.get(entry)!.stdout;
    for (const [flag] of top.matchAll(/--[a-z][a-z-]+/g)) expect(help).toContain(flag);
  });

  it.each(entries())('%s --help prints usage and flags, ends with 0, and does nothing else', (entry) => {
    const { status, stdout, stderr, left } = helps.get(entry)!;
    expect({ status, stderr, left }).toEqual({ status: 0, stderr: '', left: [] });
    expect(stdout).toMatch(/^Usage: /);
    expect(stdout).toMatch(/^ +(-h, )?--help/m);
  });

  it.each(entries())('%s refuses a flag that it does not know', (entry) => {
    const { status, stderr } = refusals.get(entry)!;
    if (PASS_ON.includes(entry)) expect(stderr).toContain(`unknown option '${UNKNOWN}'`);
    else expect(stderr).toContain(`There is no flag ${UNKNOWN}.`);
    expect(status).toBe(PASS_ON.includes(entry) ? 1 : 2);
  });

  it('is refused in plain words where it is a test flag of vitest', () => {
    const { status, stderr } = launch('test.cjs', '--project', 'server');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        'convscope: There is no flag --project. Flags of vitest go behind a further --. --help lists the flags.\n',
    });
  });
});
