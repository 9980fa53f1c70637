import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { lastLines, runCommand } from '../machine/run-command.js';
import { findPython, InstallError, type Launcher } from './build-tools.js';
import type { TensorflowLibrary, Wheel } from './wheels.js';
import { extractZip } from './zip-entries.js';

export interface StoreOptions {
  /** `<cache>/native` */
  readonly nativeDirectory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

async function sha256Of(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal });
  return hash.digest('hex');
}

/** pip's flags that select the wheel by its tags, whichever Python runs pip. The tags are the last three parts of the name (PEP 425). */
function tagFlags(wheel: Wheel): string[] {
  const [python = '', abi = '', platforms = ''] = wheel.fileName
    .replace(/\.whl$/, '')
    .split('-')
    .slice(-3);
  const implementation = python.startsWith('cp') ? 'cp' : 'py';
  const platform = platforms.split('.').at(-1) ?? '';
  const version = python.startsWith('cp') ? python.slice(2) : '311';
  return [
    '--platform',
    platform,
    '--python-version',
    version,
    '--implementation',
    implementation,
    '--abi',
    abi,
  ];
}

/** Downloads the wheel and checks its hash. Uses a file that an interrupted install left behind, if its hash matches. */
async function fetchWheel(
  wheel: Wheel,
  downloads: string,
  python: () => Promise<Launcher>,
  options: StoreOptions,
): Promise<string> {
  const { signal, onProgress } = options;
  const path = join(downloads, wheel.fileName);
  if (existsSync(path)) {
    if ((await sha256Of(path, signal)) === wheel.sha256) return path;
    await rm(path);
  }
  onProgress(`downloading ${wheel.name} ${wheel.version} from PyPI (${wheel.megabytes} MB)`);
  const { command, args } = await python();
  const result = await runCommand(
    command,
    [
      ...args,
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary=:all:',
      '--disable-pip-version-check',
      '--progress-bar',
      'off',
      ...tagFlags(wheel),
      '--dest',
      downloads,
      `${wheel.name}==${wheel.version}`,
    ],
    // pip downloads to the temporary directory first, which may be small.
    { env: { ...options.env, TMPDIR: downloads, PIP_REQUIRE_VIRTUALENV: '0' }, signal },
  );
  if (result.code !== 0) {
    throw new InstallError(
      `pip could not download ${wheel.name} ${wheel.version}. Check that this machine reaches PyPI or set a mirror ` +
        `(\`pip config set global.index-url …\`). pip said:\n${lastLines(result)}`,
    );
  }
  if (!existsSync(path)) {
    const found = (await readdir(downloads)).join(', ');
    throw new InstallError(
      `pip downloaded something other than ${wheel.fileName} for ${wheel.name} ${wheel.version}: ${found}.`,
    );
  }
  const found = await sha256Of(path, signal);
  if (found !== wheel.sha256) {
    await rm(path);
    throw new InstallError(
      `${wheel.fileName} is not the file that PyPI published: its SHA-256 is ${found}, ${wheel.sha256} was expected. ` +
        'It was deleted. Check the package index that pip is set to.',
    );
  }
  return path;
}

/**
 * The path of a wheel's file in the store. `lib/` and `nvidia/` are siblings, because TensorFlow searches for CUDA in
 * `$ORIGIN/../nvidia/<part>/lib`.
 */
function storePlace(name: string): string | undefined {
  const library = /^tensorflow\/(libtensorflow_(?:cc|framework)\.so\.2)$/.exec(name)?.[1];
  if (library !== undefined) return `lib/${library}`;
  // The addon needs the headers of the C API, which include files of these two directories.
  if (/^tensorflow\/include\/(tensorflow|tsl)\/.*\.h$/.test(name)) return name.slice('tensorflow/'.length);
  if (/^nvidia\/[^/]+\/(lib|bin|nvvm)\//.test(name)) return name;
  return undefined;
}

/**
 * Provides TensorFlow's library and headers in `<cache>/native/libraries/…`, and downloads them first if needed. Returns that
 * directory, which contains `lib/`, `include/` and with CUDA `nvidia/`. The caller holds the install lock.
 */
export async function provideLibrary(wanted: TensorflowLibrary, options: StoreOptions): Promise<string> {
  const { nativeDirectory, signal, onProgress } = options;
  const main = wanted.wheels[0];
  if (main === undefined) throw new Error(`The ${wanted.kind} library names no wheel.`);
  const store = join(
    nativeDirectory,
    'libraries',
    `${main.name}-${main.version}-${process.platform}-${process.arch}`,
  );
  if (existsSync(store)) return store;

  const downloads = join(nativeDirectory, 'downloads');
  const staging = join(nativeDirectory, 'staging', `library-${process.pid}-${randomUUID()}`);
  await mkdir(downloads, { recursive: true });
  await mkdir(staging, { recursive: true });
  let found: Launcher | undefined;
  async function python(): Promise<Launcher> {
    found ??= await findPython(options.env, signal);
    return found;
  }
  try {
    const paths: string[] = [];
    for (const wheel of wanted.wheels) paths.push(await fetchWheel(wheel, downloads, python, options));
    onProgress(`unpacking ${main.name} ${main.version}`);
    const written: string[] = [];
    for (const path of paths) written.push(...(await extractZip(path, staging, storePlace, signal)));
    for (const needed of [
      'lib/libtensorflow_cc.so.2',
      'lib/libtensorflow_framework.so.2',
      'include/tensorflow/c/c_api.h',
    ]) {
      if (!written.includes(needed))
        throw new InstallError(`${main.fileName} does not contain ${needed}, which the addon needs.`);
    }
    const sources = wanted.wheels.map((wheel) => ({ fileName: wheel.fileName, sha256: wheel.sha256 }));
    await writeFile(join(staging, 'sources.json'), `${JSON.stringify(sources, null, 2)}\n`);
    await mkdir(join(nativeDirectory, 'libraries'), { recursive: true });
    await rename(staging, store);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  // The wheels are unpacked and not needed any more.
  await rm(downloads, { recursive: true, force: true });
  return store;
}
