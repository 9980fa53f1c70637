import process from 'node:process';
import { builtFile } from '../machine/built-file.js';
import { lastLines, runCommand } from '../machine/run-command.js';
import { STOCK } from '../native-install/own-download.js';
import type { BackendName } from '../tfjs/backend.js';
import { locateNative, type NativeName, nativeTree, readReceipt } from '../tfjs/locate-native.js';
import { backendProbeSchema, PROBE_MARK } from './backend-probe.js';
import type { BackendReport, Check } from './report.js';

const PROBE_MILLISECONDS = 120_000;

export interface BackendContext {
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

/** The CUDA version that the library needs to use a GPU; undefined for the CPU package. */
function cudaOf(
  name: NativeName,
  directory: string,
  cacheDirectory: string,
  library: string,
): string | undefined {
  if (name === 'tfjs-node') return undefined;
  const tree = nativeTree(name, cacheDirectory);
  const receipt = readReceipt(tree);
  if (receipt !== undefined && directory.startsWith(tree)) return receipt.cuda;
  if (library === STOCK.library) return STOCK.cuda;
  return 'unknown: the library is not one that convscope or the package installed';
}

/** Starts one backend in a child process, so that a native library that crashes does not end the doctor. */
export async function probeBackend(name: BackendName, context: BackendContext): Promise<BackendReport> {
  const native = name === 'tfjs-node' || name === 'tfjs-node-gpu' ? name : undefined;
  const location =
    native === undefined ? undefined : locateNative(native, { cacheDirectory: context.cacheDirectory });
  if (native !== undefined && location === undefined)
    return { name, loads: false, reason: 'it is not installed' };

  const base = {
    name,
    ...(location === undefined
      ? {}
      : { directory: location.directory, source: location.source, library: location.library }),
  };
  const cuda =
    native === undefined || location === undefined
      ? undefined
      : cudaOf(native, location.directory, context.cacheDirectory, location.library);
  const result = await runCommand(
    process.execPath,
    [builtFile(import.meta.url, './probe-backend.js'), name],
    {
      signal: context.signal,
      timeoutMilliseconds: PROBE_MILLISECONDS,
    },
  );
  const line = result.stdout.split('\n').find((text) => text.startsWith(PROBE_MARK));
  if (line === undefined || result.code !== 0) {
    return { ...base, loads: false, reason: failureOf(result), ...(cuda === undefined ? {} : { cuda }) };
  }
  const probe = backendProbeSchema.parse(JSON.parse(line.slice(PROBE_MARK.length)));
  return {
    ...base,
    loads: true,
    library: probe.library,
    device: probe.device,
    milliseconds: probe.milliseconds,
    ...(probe.threads === null ? {} : { threads: probe.threads }),
    ...(cuda === undefined ? {} : { cuda }),
  };
}

function failureOf(result: Awaited<ReturnType<typeof runCommand>>): string {
  if (result.timedOut) return `it did not start and compute within ${PROBE_MILLISECONDS / 1000} s`;
  if (result.endedBy !== null) return `it crashed (${result.endedBy})`;
  return /^(?:Uncaught )?\w*Error: (.*)$/m.exec(result.stderr)?.[1] ?? lastLines(result, 3);
}

/** Turns the backend reports, best first, into checks. */
export function judgeBackends(backends: readonly BackendReport[], gpus: readonly string[]): Check[] {
  const best = backends.find((backend) => backend.loads);
  return backends.map((backend): Check => {
    const chosen = backend === best ? '; training uses it' : '';
    if (backend.loads) {
      const parts = [
        backend.library,
        backend.source,
        backend.device === 'gpu' ? 'on the GPU' : backend.name === 'tfjs-node-gpu' ? 'on the CPU' : undefined,
        backend.threads === undefined
          ? undefined
          : `${backend.threads} ${backend.threads === 1 ? 'thread' : 'threads'}`,
        backend.cuda === undefined ? undefined : `CUDA: ${backend.cuda}`,
      ];
      const text = `${parts.filter((part) => part !== undefined).join(', ')}${chosen}`;
      if (backend.name === 'tfjs-node-gpu' && gpus.length > 0 && backend.device !== 'gpu') {
        const advice =
          'Run `npm run install-native`: it installs TensorFlow together with the CUDA libraries that it needs.';
        return { name: backend.name, status: 'problem', text: `${text}, although there is a GPU`, advice };
      }
      return { name: backend.name, status: 'ok', text };
    }
    const missing = backend.directory === undefined && backend.name !== 'wasm';
    if (!missing) {
      const advice =
        backend.name === 'wasm'
          ? 'It is part of convscope: reinstall convscope.'
          : 'Run `npm run install-native` to reinstall it.';
      return { name: backend.name, status: 'problem', text: `does not work: ${backend.reason}`, advice };
    }
    const text = backend.reason ?? 'it does not load';
    // One native package is enough: a missing one needs no action if the other works.
    if (best !== undefined && best.name !== 'wasm') return { name: backend.name, status: 'ok', text };
    const advice = 'Run `npm run install-native`: it trains several times faster than wasm.';
    return { name: backend.name, status: 'note', text, advice };
  });
}
