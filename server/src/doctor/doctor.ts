import { existsSync } from 'node:fs';
import os from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import { userCacheDirectory } from '../machine/cache-directory.js';
import { packageVersion } from '../machine/package-version.js';
import { visibleGpus } from '../native-install/visible-gpus.js';
import type { BackendName } from '../tfjs/backend.js';
import { judgeBackends, probeBackend } from './check-backends.js';
import { checkData } from './check-data.js';
import { cacheParts, checkLogdir, checkSpool, formatBytes } from './check-folders.js';
import { checkPort } from './check-port.js';
import type { BackendReport, Check, DoctorReport } from './report.js';

export interface DoctorOptions {
  readonly logdir: string;
  readonly host?: string;
  readonly port: number;
  /** convscope's cache folder; defaults to the user's. */
  readonly cacheDirectory?: string;
  readonly signal?: AbortSignal;
  /** Probes one backend; by default in a child process. */
  readonly probe?: (name: BackendName) => Promise<BackendReport>;
}

const PROBED: readonly BackendName[] = ['tfjs-node-gpu', 'tfjs-node', 'wasm'];
const LITTLE_MEMORY_BYTES = 2e9;

function machineChecks(machine: DoctorReport['machine'], gpuReason: string | undefined): Check[] {
  const [major = 0] = process.versions.node.split('.').map(Number);
  const node: Check =
    major >= 20
      ? { name: 'Node', status: 'ok', text: machine.node }
      : {
          name: 'Node',
          status: 'problem',
          text: `${machine.node} is too old`,
          advice: 'Install Node 20 or newer.',
        };
  const text = `${machine.cpu}, ${machine.cores} usable cores, ${formatBytes(machine.memoryBytes)} of memory`;
  const memory: Check =
    machine.memoryBytes >= LITTLE_MEMORY_BYTES
      ? { name: 'machine', status: 'ok', text: `${machine.platform}, ${text}` }
      : {
          name: 'machine',
          status: 'note',
          text: `${machine.platform}, ${text}`,
          advice: 'This is little memory: lower --batch if training fails.',
        };
  const gpu: Check = {
    name: 'GPU',
    status: 'ok',
    text: machine.gpus.length > 0 ? machine.gpus.join('; ') : `none is visible: ${gpuReason}`,
  };
  return [node, memory, gpu];
}

/**
 * Checks everything that training and the hub need, without changing anything. Takes a few seconds, because each backend
 * is started in its own process.
 */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const cacheDirectory = options.cacheDirectory ?? userCacheDirectory();
  const { gpus, reason } = await visibleGpus(process.env, options.signal);
  const machine: DoctorReport['machine'] = {
    node: process.version,
    platform: `${os.type()} ${os.release()} ${process.arch}`,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    gpus,
  };
  const probe = options.probe ?? ((name) => probeBackend(name, { cacheDirectory, signal: options.signal }));
  const backends: BackendReport[] = [];
  // One at a time: two at once would slow each other down and take twice the memory.
  for (const name of PROBED) backends.push(await probe(name));
  const parts = await cacheParts(cacheDirectory);
  const sizes = Object.entries(parts).map(([name, bytes]) => `${name} ${formatBytes(bytes)}`);
  const checks: Check[] = [
    ...machineChecks(machine, reason),
    ...judgeBackends(backends, gpus),
    await checkData(cacheDirectory),
    await checkSpool(cacheDirectory),
    {
      name: 'cache',
      status: 'ok',
      text: existsSync(cacheDirectory)
        ? `${cacheDirectory}: ${sizes.join(', ') || 'empty'}`
        : `${cacheDirectory} does not exist yet`,
    },
    await checkLogdir(resolve(options.logdir)),
    await checkPort(options.host ?? '127.0.0.1', options.port),
  ];
  return {
    ok: checks.every((check) => check.status !== 'problem'),
    convscope: packageVersion(),
    machine,
    backends,
    best: backends.find((backend) => backend.loads)?.name ?? null,
    cache: { directory: cacheDirectory, parts },
    checks,
  };
}
