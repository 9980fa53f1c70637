/**
 * Threads for the wasm backend in Node. tfjs disables them there, because its threaded module starts workers from `blob:`
 * URLs, which node:worker_threads cannot read. It also limits their number to half the cores.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Memory, type WasmMemory } from '../machine/web-assembly.js';

const require = createRequire(import.meta.url);

function threadedModule(): { folder: string; script: string; workerSource: string } {
  const packageFile = require.resolve('@tensorflow/tfjs-backend-wasm/package.json');
  const folder = join(dirname(packageFile), 'wasm-out');
  const script = join(folder, 'tfjs-backend-wasm-threaded-simd.js');
  const { wasmWorkerContents } = require(join(folder, 'tfjs-backend-wasm-threaded-simd.worker.js')) as {
    wasmWorkerContents: string;
  };
  // tfjs escapes newlines in string literals in the same way before it creates the blob.
  const contents = wasmWorkerContents.replace(/\n/g, '\\n');
  const workerSource = `globalThis.__filename=${JSON.stringify(script)};globalThis.__dirname=${JSON.stringify(folder)};${contents}`;
  return { folder, script, workerSource };
}

/**
 * Runs `initialise`, which must start the wasm backend, in such a way that its threads work in Node, and then restores
 * everything it changed. `threads` is the number that the backend may use. Returns the backend's memory.
 */
export async function withWasmThreads(threads: number, initialise: () => Promise<void>): Promise<WasmMemory> {
  const { script, workerSource } = threadedModule();
  let memory: WasmMemory | undefined;

  class ThreadedModuleWorker extends Worker {
    constructor() {
      // Do not inherit flags: with --input-type=module the source would be parsed as an ES module.
      super(workerSource, { eval: true, execArgv: [] });
    }
    override postMessage(...[message, transfer]: Parameters<Worker['postMessage']>): void {
      const load = message as { cmd?: unknown; wasmMemory?: WasmMemory } | null;
      if (load?.cmd === 'load') {
        memory = load.wasmMemory;
        super.postMessage({ ...load, urlOrBlob: script }, transfer);
      } else super.postMessage(message, transfer);
    }
    // Emscripten calls ref() on running threads, which would keep a finished process alive for ever.
    override ref(): void {}
  }

  const listeners = emscriptenListeners();
  const os = require('node:os') as { cpus: () => unknown[] };
  const realCpus = os.cpus;
  const realWorker = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  // An accessor, because the module assigns node:worker_threads' class to the global before it uses it.
  Object.defineProperty(globalThis, 'Worker', {
    configurable: true,
    get: () => ThreadedModuleWorker,
    set: () => {},
  });
  os.cpus = () => new Array(2 * threads).fill(realCpus()[0]);
  // Keeps Node alive: a pending promise does not, and the workers are unreferenced.
  const alive = setInterval(() => {}, 1000);
  try {
    await initialise();
  } finally {
    clearInterval(alive);
    os.cpus = realCpus;
    if (realWorker === undefined) Reflect.deleteProperty(globalThis, 'Worker');
    else Object.defineProperty(globalThis, 'Worker', realWorker);
    listeners.restore();
  }
  if (memory === undefined) throw new Error('the threaded wasm module passed its memory to no thread');
  return memory;
}

/** The memory of the wasm backend without threads, which its module exports under a minified name. */
export function unsharedMemory(backend: unknown): WasmMemory {
  const { asm } = (backend as { wasm: { asm: Record<string, unknown> } }).wasm;
  const memory = Object.values(asm).find((value) => value instanceof Memory);
  if (memory === undefined) throw new Error('the wasm module of tfjs exports no memory');
  return memory as WasmMemory;
}

/**
 * Remembers the process's listeners. `restore` removes those that Emscripten's module has added since, because they
 * rethrow errors that the caller should handle.
 */
export function emscriptenListeners(): { restore(): void } {
  const names = ['uncaughtException', 'unhandledRejection'] as const;
  const before = names.map((name) => new Set<unknown>(process.listeners(name as 'uncaughtException')));
  return {
    restore() {
      names.forEach((name, index) => {
        for (const listener of process.listeners(name as 'uncaughtException')) {
          if (!before[index]!.has(listener)) process.removeListener(name, listener);
        }
      });
    },
  };
}
