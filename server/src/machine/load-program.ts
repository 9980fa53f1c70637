/**
 * Loads a program of the bundle with the code that V8 compiled of it in an earlier process. Without, a small hub's start takes half
 * as long again with Node 20, and a sixth to a third longer with the compile cache of later versions.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { addCompiledCode, type CompiledCode, compiledCodePath, readCompiledCode } from './compiled-code.js';

interface LoadedModule {
  exports: unknown;
  readonly filename: string;
}

/**
 * After how many milliseconds compiled code is kept: when a hub has answered its first page, so that functions are included
 * which are compiled when they are first called.
 */
const KEPT_AFTER_MS = 2_000;

/** Of a flag that this process has changed. */
let flag: { readonly changed: string; readonly byDefault: string } | undefined;

/**
 * Changes a V8 flag. V8 takes no code that was compiled with other flags, so those of the bundle are always compiled with
 * what the flag is by default.
 */
export function changeV8Flag(changed: string, byDefault: string): void {
  flag = { changed, byDefault };
  setFlagsFromString(changed);
}

function withDefaultFlags<T>(act: () => T): T {
  if (flag === undefined) return act();
  setFlagsFromString(flag.byDefault);
  try {
    return act();
  } finally {
    setFlagsFromString(flag.changed);
  }
}

/**
 * `import()` of a file that is not in the bundle. It has to stand here, in what Node itself has loaded: code that was kept
 * has none.
 */
export function importFile(path: string): Promise<unknown> {
  return import(pathToFileURL(path).href);
}

/**
 * @param folder of the bundle
 * @param name of the program's file in it
 * @returns what the program exports
 */
export function loadProgram(folder: string, name: string): unknown {
  const program = join(folder, name);
  const require = createRequire(program);
  // Node finds the source map of a module only if it has loaded it itself.
  if (process.env['NODE_DISABLE_COMPILE_CACHE'] || process.env['CONVSCOPE_DEBUG']) return require(program);

  const path = compiledCodePath(program);
  let kept: ReadonlyMap<string, CompiledCode> | undefined;
  const unkept = new Map<string, { readonly source: string; readonly script: Script }>();
  let isTimed = false;
  function keep(): void {
    isTimed = false;
    kept = undefined;
    if (unkept.size === 0) return;
    const added = withDefaultFlags(() =>
      Array.from(
        unkept,
        ([file, { source, script }]) => [file, { source, code: script.createCachedData() }] as const,
      ),
    );
    unkept.clear();
    addCompiledCode(path, folder, new Map(added));
  }
  process.on('exit', keep);

  const modules = new Map<string, LoadedModule>();
  function load(file: string): unknown {
    const filename = join(folder, file);
    // This module itself and what it imports.
    const loaded = modules.get(file) ?? require.cache[filename];
    if (loaded) return loaded.exports;
    const module: LoadedModule = { exports: {}, filename };
    modules.set(file, module);
    kept ??= readCompiledCode(path);
    if (!isTimed) setTimeout(keep, KEPT_AFTER_MS).unref();
    isTimed = true;
    const text = readFileSync(filename, 'utf8');
    const source = createHash('sha1').update(text).digest('hex');
    const known = kept.get(file);
    const script = withDefaultFlags(
      () =>
        new Script(`(function (exports, require, module, __filename, __dirname) { ${text}\n})`, {
          filename,
          ...(known?.source === source ? { cachedData: known.code } : {}),
        }),
    );
    if (script.cachedDataRejected !== false) unkept.set(file, { source, script });
    try {
      script.runInThisContext().call(module.exports, module.exports, requireHere, module, filename, folder);
    } catch (error) {
      modules.delete(file);
      throw error;
    }
    return module.exports;
  }
  const requireHere = Object.assign((id: string) => (id.startsWith('./') ? load(id.slice(2)) : require(id)), {
    main: require.main,
  });
  return load(name);
}
