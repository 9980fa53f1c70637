import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { codeOf } from '../machine/error-code.js';

/**
 * CPU time of the calling thread in milliseconds. Exact on Linux. Elsewhere Node 20 only has the time that the thread's
 * event loop was busy, which includes waiting for a core.
 */
export function threadCpuMilliseconds(): number {
  if (process.platform === 'linux') {
    try {
      const nanoseconds = Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
      if (nanoseconds > 0) return nanoseconds / 1e6;
    } catch (error) {
      // Kernels without scheduler statistics have no such file.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
  return performance.eventLoopUtilization().active;
}
