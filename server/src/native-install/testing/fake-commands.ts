/** Fake npm, pip and compiler: small scripts that do the same to files, without a network. */
import { chmod, mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { TensorflowLibrary } from '../wheels.js';

export const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

/** Created with Python's zipfile; the hash is from sha256sum. */
export const SMALL_WHEEL = {
  name: 'small-tensorflow',
  version: '2.15.1',
  fileName: 'small_tensorflow-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  sha256: 'afd837f6fca16d62fb9ea901939e7c9152c69d9d1ba6ccfc75ff3c10bbe39fa5',
  megabytes: 0,
} as const;

export const SMALL_LIBRARY: TensorflowLibrary = {
  kind: 'cpu',
  library: 'libtensorflow 2.15.1',
  cuda: 'none (the CPU library)',
  wheels: [SMALL_WHEEL],
};

/** Creates a temporary directory. Returns its real path, because macOS' temporary directory is a link. */
export async function temporaryDirectory(): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), 'convscope-native-')));
}

/** Writes an executable that runs `body` with this Node. */
export async function writeCommand(path: string, body: string): Promise<string> {
  await writeFile(path, `#!${process.execPath}\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** The same of a tool that is there: its version, which is asked for again and again, is said without starting Node. */
export async function writeTool(path: string, body: string): Promise<string> {
  const program = await writeCommand(`${path}.cjs`, body);
  await writeFile(
    path,
    `#!/bin/sh\ncase " $* " in *" --version "*) exit 0 ;; esac\nexec '${program}' "$@"\n`,
  );
  await chmod(path, 0o755);
  return path;
}

/** A Python whose pip copies the wheel from `source`, and appends a line to `calls` for every download. */
export async function fakePython(
  directory: string,
  source = FIXTURES,
): Promise<{ path: string; calls: string }> {
  const calls = join(directory, 'pip-calls');
  const path = await writeTool(
    join(directory, 'fake-python'),
    `const fs = require('fs'), path = require('path');
     const args = process.argv.slice(2);
     fs.appendFileSync(${JSON.stringify(calls)}, args.join(' ') + '\\n');
     const wanted = args.at(-1).split('==')[0].replaceAll('-', '_') + '-' + args.at(-1).split('==')[1];
     const file = fs.readdirSync(${JSON.stringify(source)}).find((name) => name.startsWith(wanted));
     if (!file) { console.error('ERROR: No matching distribution found for ' + args.at(-1)); process.exit(1); }
     fs.copyFileSync(path.join(${JSON.stringify(source)}, file), path.join(args[args.indexOf('--dest') + 1], file));`,
  );
  return { path, calls };
}

export interface FakeNpm {
  readonly path: string;
  readonly calls: string;
}

/**
 * An npm whose `ci` creates the tree: a package that uses the real tfjs and claims that its backend is TensorFlow's, with
 * the given install script.
 */
export async function fakeNpm(directory: string, installScript = 'process.exit(1)'): Promise<FakeNpm> {
  const calls = join(directory, 'npm-calls');
  const path = join(directory, 'npm-cli.js');
  const tfjs = createRequire(import.meta.url).resolve('@tensorflow/tfjs');
  const index = `const tf = require(${JSON.stringify(tfjs)});
    require('fs').accessSync(__dirname + '/lib/napi-v8/tfjs_binding.node');
    const native = { isUsingGpuDevice: false, binding: { TF_Version: '2.15.1' } };
    module.exports = { ...tf, getBackend: () => 'tensorflow', backend: () => native };`;
  await writeFile(
    path,
    `const fs = require('fs'), path = require('path');
     fs.appendFileSync(${JSON.stringify(calls)}, process.cwd() + ' ' + process.argv.slice(2).join(' ') + '\\n');
     const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
     const name = Object.keys(lock.packages[''].dependencies).find((dependency) => dependency.startsWith('@tensorflow/'));
     const home = path.join('node_modules', name);
     fs.mkdirSync(path.join(home, 'scripts'), { recursive: true });
     fs.writeFileSync(path.join(home, 'package.json'), JSON.stringify({ name, main: 'index.js', scripts: { install: 'node scripts/install.js' } }));
     fs.writeFileSync(path.join(home, 'index.js'), ${JSON.stringify(index)});
     fs.writeFileSync(path.join(home, 'index.js.map'), '{}');
     fs.writeFileSync(path.join(home, 'scripts', 'install.js'), ${JSON.stringify(installScript)});`,
  );
  return { path, calls };
}

/** A compiler that writes its output file. */
export async function fakeCompiler(directory: string): Promise<string> {
  return writeTool(
    join(directory, 'fake-compiler'),
    `const args = process.argv.slice(2);
     require('fs').writeFileSync(args[args.indexOf('-o') + 1], 'an addon');`,
  );
}

/** A directory of commands, and an environment whose PATH contains only that. */
export async function fakeMachine(options: { installScript?: string; wheels?: string } = {}) {
  const directory = await temporaryDirectory();
  const empty = join(directory, 'empty');
  await mkdir(empty);
  const python = await fakePython(directory, options.wheels);
  const npm = await fakeNpm(directory, options.installScript);
  const env = {
    PATH: empty,
    CONVSCOPE_PYTHON: python.path,
    CXX: await fakeCompiler(directory),
    npm_execpath: npm.path,
  };
  return {
    directory,
    cacheDirectory: join(directory, 'cache'),
    env,
    pipCalls: python.calls,
    npmCalls: npm.calls,
  };
}
