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
/** Named in vitest.config.ts. */
const RUN_BY_VITEST = ['browser/support/global-setup.ts'];

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
  const others = [...imported, ...RUN_BY_VITEST];
  return files.filter((path) => !path.endsWith('.test.ts') && !others.includes(path)).sort();
}

const folder = mkdtempSync(join(tmpdir(), 'convscope-entries-'));
const project = standInProject(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs an entry as a user would; the launchers in a stand-in project, where setting up takes no time. */
function run(entry: string, ...args: string[]) {
  const isLauncher = entry.endsWith('.cjs');
  const file = isLauncher
    ? join(project.root, 'scripts', entry)
    : join(SCRIPTS, 'dist', entry.replace(/\.ts$/, '.js'));
  if (!existsSync(file)) throw new Error(`${file} is not there. Run: npx tsc -b`);
  const npm = Object.keys(process.env).filter((name) => name.startsWith('npm_'));
  const env = { ...process.env, ...Object.fromEntries(npm.map((name) => [name, undefined])) };
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...env, npm_execpath: project.npm },
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

const helps = new Map<string, ReturnType<typeof run> & { readonly left: readonly string[] }>();

/** What `--help` prints, and what is in the folder afterwards that was not there before. Each entry is asked once. */
function helpOf(entry: string) {
  const before = readdirSync(folder);
  const help = helps.get(entry) ?? {
    ...run(entry, '--help'),
    left: readdirSync(folder).filter((name) => !before.includes(name)),
  };
  helps.set(entry, help);
  return help;
}

beforeAll(() => {
  const real = pathToFileURL(join(ROOT, 'server', 'bin', 'convscope.js')).href;
  writeFileSync(join(project.root, 'server', 'bin', 'convscope.js'), `import(${JSON.stringify(real)});\n`);
  run('start.cjs', '--version');
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
    const help = helpOf(entry).stdout;
    for (const [flag] of top.matchAll(/--[a-z][a-z-]+/g)) expect(help).toContain(flag);
  });

  it.each(entries())('%s --help prints usage and flags, ends with 0, and does nothing else', (entry) => {
    const { status, stdout, stderr, left } = helpOf(entry);
    expect({ status, stderr, left }).toEqual({ status: 0, stderr: '', left: [] });
    expect(stdout).toMatch(/^Usage: /);
    expect(stdout).toMatch(/^ +(-h, )?--help/m);
  });

  it.each(entries())('%s refuses a flag that it does not know', (entry) => {
    const { status, stderr } = run(entry, '--no-such-flag');
    if (PASS_ON.includes(entry)) expect(stderr).toContain("unknown option '--no-such-flag'");
    else expect(stderr).toContain('There is no flag --no-such-flag.');
    expect(status).toBe(PASS_ON.includes(entry) ? 1 : 2);
  });

  it('is refused in plain words where it is a test flag of vitest', () => {
    const { status, stderr } = run('test.cjs', '--project', 'server');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        'convscope: There is no flag --project. Flags of vitest go behind a further --. --help lists the flags.\n',
    });
  });
});
