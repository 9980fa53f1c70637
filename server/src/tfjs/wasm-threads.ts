/**
 * Threads for the wasm backend in Node. tfjs turns them off there: its threaded module starts workers from
 * `blob:` URLs, which node:worker_threads cannot read, and clamps the count to half the cores.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Memory, type WasmMemory } from './web-assembly.js';

const require = createRequire(import.meta.url);

function threadedModule(): { folder: string; script: string; workerSource: string } {
  const packageFile = require.resolve('@tensorflow/tfjs-backend-wasm/package.json');
  const folder = join(dirname(packageFile), 'wasm-out');
  const script = join(folder, 'tfjs-backend-wasm-threaded-simd.js');
  const { wasmWorkerContents } = require(join(folder, 'tfjs-backend-wasm-threaded-simd.worker.js')) as {
    wasmWorkerContents: string;
  };
  // tfjs escapes the newlines in its string literals the same way before it makes the blob.
  const contents = wasmWorkerContents.replace(/\n/g, '\\n');
  const workerSource = `globalThis.__filename=${JSON.stringify(script)};globalThis.__dirname=${JSON.stringify(folder)};${contents}`;
  return { folder, script, workerSource };
}

/**
 * Runs `initialise` (which must start the wasm backend) so that its threads work in Node, and puts everything
 * back that it had to change. `threads` is how many the backend may then use. Gives the backend's memory.
 */
export async function withWasmThreads(threads: number, initialise: () => Promise<void>): Promise<WasmMemory> {
  const { script, workerSource } = threadedModule();
  let memory: WasmMemory | undefined;

  class ThreadedModuleWorker extends Worker {
    constructor() {
      // No flags of this process: with --input-type=module the source would be read as an ES module.
      super(workerSource, { eval: true, execArgv: [] });
    }
    override postMessage(...[message, transfer]: Parameters<Worker['postMessage']>): void {
      const load = message as { cmd?: unknown; wasmMemory?: WasmMemory } | null;
      if (load?.cmd === 'load') {
        memory = load.wasmMemory;
        super.postMessage({ ...load, urlOrBlob: script }, transfer);
      } else super.postMessage(message, transfer);
    }
    // Emscripten references its running threads; they would keep a finished process alive for ever.
    override ref(): void {}
  }

  const listeners = emscriptenListeners();
  const os = require('node:os') as { cpus: () => unknown[] };
  const realCpus = os.cpus;
  const realWorker = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  // An accessor, since the module assigns node:worker_threads' own class to the global before it uses it.
  Object.defineProperty(globalThis, 'Worker', {
    configurable: true,
    get: () => ThreadedModuleWorker,
    set: () => {},
  });
  os.cpus = () => new Array(2 * threads).fill(realCpus()[0]);
  // A pending promise alone does not keep Node alive, and the workers are not referenced.
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
  if (memory === undefined) throw new Error('the threaded wasm module handed its memory to no thread');
  return memory;
}

/** The memory of the wasm backend without threads: its module exports it under a shortened name. */
export function unsharedMemory(backend: unknown): WasmMemory {
  const { asm } = (backend as { wasm: { asm: Record<string, unknown> } }).wasm;
  const memory = Object.values(asm).find((value) => value instanceof Memory);
  if (memory === undefined) throw new Error('the wasm module of tfjs exports no memory');
  return memory as WasmMemory;
}

/** Emscripten's module adds handlers that rethrow from inside the event loop; errors must stay the caller's. */
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
