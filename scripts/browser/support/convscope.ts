/** convscope as a user starts it, for tests and benches that look at it through a browser. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Product, startProduct, type TestFolder, testFolder } from '#server/testing/product.js';

/** The repository: this file is run from scripts/ by tests and from scripts/dist/ by benches. */
export const ROOT = fileURLToPath(import.meta.url).replace(/scripts[\\/](dist[\\/])?browser[\\/].*$/, '');

export interface BrowserFolder extends TestFolder {
  /** Where the trainer leaves the float32 values of its maps. */
  readonly maps: string;
}

export interface Convscope extends Product {
  readonly logdir: string;
  readonly maps: string;
}

export function browserFolder(): BrowserFolder {
  const folder = testFolder();
  const maps = join(folder.root, 'maps');
  return { ...folder, maps, env: { ...folder.env, CONVSCOPE_DUMP_MAPS: maps, CI: 'true' } };
}

/** The folder for training that leaves the browser time, with pauses of `pauseMs`: see slow-training.mjs. */
export function withSlowTraining(folder: BrowserFolder, pauseMs = 50): BrowserFolder {
  const preload = pathToFileURL(join(ROOT, 'scripts', 'browser', 'support', 'slow-training.mjs')).href;
  const options = [folder.env['NODE_OPTIONS'], `--import=${preload}`].filter(Boolean).join(' ');
  const pause = String(pauseMs);
  return { ...folder, env: { ...folder.env, NODE_OPTIONS: options, SLOW_TRAINING_PAUSE_MS: pause } };
}

/** A folder for measuring training: no maps are dumped, and the user's own cache is used, which holds the native binding. */
export function measuringFolder(): BrowserFolder {
  const folder = browserFolder();
  const { CONVSCOPE_DUMP_MAPS: _, XDG_CACHE_HOME: __, ...env } = folder.env;
  const cache = process.env['XDG_CACHE_HOME'];
  return { ...folder, env: { ...env, ...(cache === undefined ? {} : { XDG_CACHE_HOME: cache }) } };
}

/** Starts `convscope COMMAND …` and waits for its page. */
export async function startConvscope(
  folder: BrowserFolder,
  command: 'train' | 'serve',
  args: readonly string[] = [],
): Promise<Convscope> {
  const { logdir, maps } = folder;
  return { ...(await startProduct(folder, command, args)), logdir, maps };
}

/** The float32 values of a layer's maps before quantisation, as the trainer dumped them: [picture, y, x, channel]. */
export function trainerMaps(directory: string, layer: string, role: string, step: number): Float32Array {
  const path = join(directory, `${layer}-${role}-${step}.f32`);
  if (!existsSync(path)) throw new Error(`The trainer took no capture of ${layer} at step ${step}.`);
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

declare global {
  interface Window {
    /** What the page tells tests about its state. */
    readonly __convscope?: {
      readonly settled: boolean;
      readonly complete: boolean;
      readonly drawn: Readonly<
        Record<string, { readonly step: number; readonly at: number; readonly count: number }>
      >;
    };
  }
}
