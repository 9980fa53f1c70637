/** Unpacks the Chromium that npm brings into the user's cache. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { userCacheDirectory } from '#server/machine/cache-directory.js';
import { codeOf } from '#server/machine/error-code.js';

const require = createRequire(import.meta.url);

export interface UnpackedChromium {
  readonly executable: string;
  /** For the browser's process: its own libraries and fonts. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A staging folder this old belongs to a process that was killed. */
const ABANDONED_MILLISECONDS = 10 * 60_000;

/** Whether the package works on this machine: Linux on x64 with glibc. */
export function isChromiumPacked(): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  const header: unknown = Reflect.get(process.report.getReport(), 'header');
  return (
    typeof header === 'object' && header !== null && Reflect.get(header, 'glibcVersionRuntime') !== undefined
  );
}

/** Restricts the browser to its own fonts, so that pictures are the same on every machine. */
function fontsConf(directory: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(directory, 'fonts')}</dir>
  <cachedir>${join(directory, 'font-cache')}</cachedir>
</fontconfig>
`;
}

/**
 * The package unpacks into its process's temporary folder, and its libraries only when it detects AWS. So it runs in a
 * process of its own, whose environment sets both.
 */
async function unpackInto(staging: string): Promise<void> {
  const entry = pathToFileURL(require.resolve('@sparticuz/chromium')).href;
  const script = `import(${JSON.stringify(entry)}).then((m) => (m.default.default ?? m.default).executablePath())`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', `await ${script}`], {
    env: { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0)
    throw new Error(`Unpacking @sparticuz/chromium to ${staging} failed (code ${code}): ${said}`);
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith('staging-')) continue;
    const path = join(parent, name);
    const info = await stat(path).catch(() => undefined);
    if (info !== undefined && Date.now() - info.mtimeMs > ABANDONED_MILLISECONDS)
      await rm(path, { recursive: true, force: true });
  }
}

/**
 * The Chromium of npm's @sparticuz/chromium, unpacked to the user's cache (206 MB, 3 s, once). Safe when several
 * processes do it at once: each unpacks into its own folder, and the first to finish wins.
 */
export async function unpackChromium(
  cacheDirectory: string = userCacheDirectory(),
): Promise<UnpackedChromium> {
  const { version } = require(
    join(dirname(require.resolve('@sparticuz/chromium')), '..', '..', 'package.json'),
  ) as { version: string };
  const parent = join(cacheDirectory, 'chromium');
  const directory = join(parent, `${version}-linux-x64`);
  if (!existsSync(directory)) {
    await mkdir(parent, { recursive: true });
    await removeAbandoned(parent);
    const staging = join(parent, `staging-${process.pid}-${randomUUID()}`);
    await mkdir(staging);
    try {
      await unpackInto(staging);
      await writeFile(join(staging, 'fonts.conf'), fontsConf(directory));
      await rename(staging, directory).catch((error: unknown) => {
        if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
      });
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }
  return {
    executable: join(directory, 'chromium'),
    environment: {
      LD_LIBRARY_PATH: join(directory, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(directory, 'fonts.conf'),
      LANG: 'en_US.UTF-8',
    },
  };
}
