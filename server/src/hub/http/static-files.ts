import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { codeOf } from '../../machine/error-code.js';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};
const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.map', '.svg', '.txt']);
const WORTH_COMPRESSING_BYTES = 1024;
/** Vite puts a hash of the contents before the extension: such a name never means other bytes. */
const HASHED = /^assets\/.+-[\w-]{8}\.\w+$/;

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>convscope</title>
<h1>The page is not built</h1>
<p>The hub runs, but there is no page to show. Build it with <code>npm run build</code>, then reload.</p>
</html>
`;

interface KeptFile {
  readonly modified: number;
  readonly size: number;
  readonly bytes: Buffer;
  readonly gzipped: Buffer | null;
  readonly etag: string;
}

/**
 * Serves the built page. Paths are looked up in a listing of the folder and never joined to it, so none leads out.
 * Files are kept in memory, compressed once; a new build is seen without a restart.
 */
export function createStaticFiles(directory: string) {
  let listing: Promise<Set<string>> | null = null;
  const kept = new Map<string, KeptFile>();

  async function isListed(path: string): Promise<boolean> {
    listing ??= list(directory);
    if ((await listing).has(path)) return true;
    // Built since?
    listing = list(directory);
    return (await listing).has(path);
  }

  async function load(path: string): Promise<KeptFile | null> {
    const file = join(directory, ...path.split('/'));
    try {
      const info = await stat(file);
      const known = kept.get(path);
      if (known?.modified === info.mtimeMs && known.size === info.size) return known;
      const bytes = await readFile(file);
      const compress = COMPRESSED.has(extname(path)) && bytes.length >= WORTH_COMPRESSING_BYTES;
      const loaded: KeptFile = {
        modified: info.mtimeMs,
        size: info.size,
        bytes,
        gzipped: compress ? await promisify(gzip)(bytes) : null,
        etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      };
      kept.set(path, loaded);
      return loaded;
    } catch (error) {
      // A new build has just replaced it.
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /** Answers GET and HEAD of `path`, which is relative to the base path and decoded; `beforePage` runs before the page itself is sent. */
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    beforePage: () => void,
  ): Promise<void> => {
    const name = path === '' ? 'index.html' : path;
    const file = (await isListed(name)) ? await load(name) : null;
    if (name === 'index.html') beforePage();
    if (!file) {
      const isPage = name === 'index.html';
      const body = isPage ? NOT_BUILT : 'There is no such page.\n';
      response.writeHead(isPage ? 503 : 404, {
        'Content-Type': isPage ? CONTENT_TYPES['.html'] : CONTENT_TYPES['.txt'],
        'Cache-Control': 'no-store',
      });
      response.end(request.method === 'HEAD' ? undefined : body);
      return;
    }
    response.setHeader(
      'Cache-Control',
      HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
    );
    response.setHeader('ETag', file.etag);
    if (file.gzipped) response.setHeader('Vary', 'Accept-Encoding');
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304).end();
      return;
    }
    const zipped =
      file.gzipped && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')) ? file.gzipped : null;
    if (zipped) response.setHeader('Content-Encoding', 'gzip');
    const bytes = zipped ?? file.bytes;
    response.writeHead(200, {
      'Content-Type': CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
      'Content-Length': bytes.length,
    });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  };
}

/** Regular files below the folder, `/` between the parts; none when the folder is not there. */
async function list(directory: string): Promise<Set<string>> {
  const files = new Set<string>();
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) files.add(path);
    }
  };
  try {
    await walk('');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  return files;
}
