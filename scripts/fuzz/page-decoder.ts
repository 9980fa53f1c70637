/** Bundles the page's decoder for Node, as scripts do not import the client. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { PageDecoder } from '@convscope/shared/testing/fuzz/decode-targets.js';

/** The repository: this file is run from scripts/ by a test and from scripts/dist/ by the script. */
const ROOT = fileURLToPath(import.meta.url).replace(/scripts[\\/](dist[\\/])?fuzz[\\/].*$/, '');
const ENTRY = join('src', 'decode', 'decode-event.ts');

export async function loadPageDecoder(): Promise<PageDecoder> {
  const client = join(ROOT, 'client');
  const vite = join(
    dirname(createRequire(join(client, 'package.json')).resolve('vite/package.json')),
    'bin/vite.js',
  );
  const out = join(ROOT, 'scripts', 'dist', 'fuzz', 'page-decoder');
  await promisify(execFile)(process.execPath, [vite, 'build', client, '--ssr', ENTRY, '--outDir', out], {
    cwd: client,
  });
  return (await import(pathToFileURL(join(out, 'decode-event.js')).href)) as PageDecoder;
}
