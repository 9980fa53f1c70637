import process from 'node:process';
import { tryCommand } from '../machine/run-command.js';

export interface VisibleGpus {
  /** `name, driver version, memory` of each GPU, as nvidia-smi prints them. */
  readonly gpus: readonly string[];
  /** Why there are none. */
  readonly reason?: string;
}

/** Lists the NVIDIA GPUs of this machine with nvidia-smi, which is part of the driver. Takes less than a second. */
export async function visibleGpus(
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<VisibleGpus> {
  const result = await tryCommand(
    'nvidia-smi',
    ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'],
    { env, signal, timeoutMilliseconds: 10_000 },
  );
  if (result === undefined)
    return { gpus: [], reason: 'nvidia-smi was not found, so no NVIDIA driver is installed' };
  if (result.timedOut) return { gpus: [], reason: 'nvidia-smi did not answer within 10 s' };
  if (result.code !== 0) {
    const said = `${result.stdout}${result.stderr}`.trim().split('\n')[0] ?? '';
    return { gpus: [], reason: `nvidia-smi failed: ${said}` };
  }
  const gpus = result.stdout.split('\n').filter((line) => line.trim() !== '');
  return gpus.length > 0 ? { gpus } : { gpus, reason: 'nvidia-smi lists no GPU' };
}
