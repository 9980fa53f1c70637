/** Picks the best tfjs backend that loads here, and says why not a better one. */

import { createRequire } from 'node:module';
import os from 'node:os';
import process from 'node:process';
import { messageOf } from '@convscope/shared/message-of.js';
import type { WasmMemory } from '../machine/web-assembly.js';
import { locateNative } from './locate-native.js';
import { registerNativeGradients } from './native-gradients.js';
import { restoreIsNullOrUndefined } from './node-compat.js';
import type { Tf } from './tf.js';
import { registerWasmKernels } from './wasm-kernels.js';
import { emscriptenListeners, unsharedMemory, withWasmThreads } from './wasm-threads.js';

const require = createRequire(import.meta.url);

export const BACKEND_NAMES = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** Emscripten's module starts with a pool of eight workers. The count includes the calling thread. */
const MAX_WASM_THREADS = 8;

export interface Backend {
  /** The tfjs with this backend. Use no other. */
  readonly tf: Tf;
  readonly name: BackendName;
  /** The library that computes, such as `libtensorflow 2.15.1` or `tfjs-backend-wasm 4.22.0 (SIMD, threads)`. */
  readonly library: string;
  /** Where a native package came from. */
  readonly source?: string;
  readonly device: 'gpu' | 'cpu';
  /** Number of computing threads; undefined if the library decides. */
  readonly threads?: number;
  /** Better backends that could not be used, and why. */
  readonly rejected: readonly { readonly name: BackendName; readonly reason: string }[];
  /** Describes the backend in one sentence. */
  describe(): string;
}

export interface LoadBackendOptions {
  /** Use this backend or fail. By default tries tfjs-node-gpu, tfjs-node and wasm, in this order; never cpu. */
  readonly wanted?: BackendName | undefined;
  /** By default wasm uses all cores but one, up to 8; native libraries decide themselves. */
  readonly threads?: number | undefined;
}

type Loaded = Omit<Backend, 'rejected' | 'describe'>;

/**
 * Loads and starts a backend. The choice applies to the whole process, since tfjs has one engine.
 * @throws Error that names every backend that was tried, if none loads or the wanted one does not
 */
export async function loadBackend(options: LoadBackendOptions = {}): Promise<Backend> {
  const { wanted, threads } = options;
  const rejected: { name: BackendName; reason: string }[] = [];
  const candidates: readonly BackendName[] =
    wanted === undefined ? ['tfjs-node-gpu', 'tfjs-node', 'wasm'] : [wanted];
  for (const name of candidates) {
    try {
      const loaded = await load(name, threads);
      return { ...loaded, rejected, describe: () => describe(loaded, rejected) };
    } catch (error) {
      rejected.push({ name, reason: messageOf(error) });
    }
  }
  const reasons = rejected.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new Error(
    wanted === undefined
      ? `No TensorFlow.js backend starts on this machine (${reasons}).`
      : `The backend ${wanted} does not start here (${reasons}). Leave --backend out to use the best one that does.`,
  );
}

async function load(name: BackendName, threads: number | undefined): Promise<Loaded> {
  switch (name) {
    case 'tfjs-node-gpu':
    case 'tfjs-node':
      return loadNative(name, threads);
    case 'wasm':
      return loadWasm(threads);
    case 'cpu': {
      const tf = require('@tensorflow/tfjs') as Tf;
      await start(tf, 'cpu');
      return {
        tf,
        name,
        library: `tfjs-backend-cpu ${tf.version['tfjs-core']} (plain JavaScript)`,
        device: 'cpu',
        threads: 1,
      };
    }
  }
}

async function loadNative(name: 'tfjs-node-gpu' | 'tfjs-node', threads: number | undefined): Promise<Loaded> {
  const location = locateNative(name);
  if (location === undefined) throw new Error('not installed (npm run install-native)');
  restoreIsNullOrUndefined();
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  if (threads !== undefined) {
    // libtensorflow reads these when its first session starts.
    process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
    process.env['TF_NUM_INTEROP_THREADS'] = threads === 1 ? '1' : '2';
  }
  const tf = require(location.directory) as Tf;
  await start(tf, 'tensorflow');
  registerNativeGradients(tf);
  const { isUsingGpuDevice } = tf.backend() as unknown as { isUsingGpuDevice: boolean };
  return {
    tf,
    name,
    library: location.library,
    source: location.source,
    device: isUsingGpuDevice ? 'gpu' : 'cpu',
    ...(threads === undefined ? {} : { threads }),
  };
}

async function loadWasm(wanted: number | undefined): Promise<Loaded> {
  const tf = require('@tensorflow/tfjs') as Tf;
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  // The wasm threads spin while they wait. On all cores they would starve the writer, the hub and the page, and
  // thereby training itself.
  const threads = Math.max(1, Math.min(wanted ?? os.availableParallelism() - 1, MAX_WASM_THREADS));
  let memory: WasmMemory;
  if (threads > 1) {
    tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
    wasm.setThreadsCount(threads);
    memory = await withWasmThreads(threads, () => start(tf, 'wasm'));
    const actual = wasm.getThreadsCount();
    if (actual !== threads)
      throw new Error(`asked for ${threads} threads, the wasm module started ${actual}`);
  } else {
    const listeners = emscriptenListeners();
    await start(tf, 'wasm');
    listeners.restore();
    memory = unsharedMemory(tf.backend());
  }
  registerWasmKernels(tf, memory, threads);
  const { version } = require('@tensorflow/tfjs-backend-wasm/package.json') as { version: string };
  return { tf, name: 'wasm', library: `tfjs-backend-wasm ${version} (SIMD)`, device: 'cpu', threads };
}

async function start(tf: Tf, backend: string): Promise<void> {
  const started = await tf.setBackend(backend);
  await tf.ready();
  // tfjs falls back to the plain JavaScript backend silently.
  if (!started || tf.getBackend() !== backend)
    throw new Error(`tfjs could not start its backend "${backend}"`);
}

function describe(loaded: Loaded, rejected: Backend['rejected']): string {
  const { name, library, device, threads, source } = loaded;
  const where = source === undefined ? '' : `, ${source}`;
  const on =
    device === 'gpu'
      ? ' on the GPU'
      : threads === undefined
        ? ''
        : `, ${threads} thread${threads === 1 ? '' : 's'}`;
  const sentence = `${name} (${library}${where}${on})`;
  if (rejected.length === 0) return sentence;
  return `${sentence}; not ${rejected.map((entry) => `${entry.name}: ${entry.reason}`).join('; not ')}`;
}
