/** Watches a hub while something happens to it: how long its answers take, and how much memory it has taken at most. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { killNow, startProcess } from '#server/testing/process.js';
import type { Heard, MonitorJob } from './monitor-thread.js';

export interface Measured {
  readonly answers: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  /** p99 of a server that nothing happens to, asked in turn: what the machine itself takes. */
  readonly calmP99: number;
  /** Most resident memory since the monitor began, in MB (10⁶ bytes); null where /proc does not tell. */
  readonly peakMb: number | null;
  /** Resident memory when the monitor began, in MB; null where /proc does not tell. */
  readonly beforeMb: number | null;
  readonly failures: readonly string[];
}

export interface Monitor {
  stop(): Promise<Measured>;
}

// The thread runs compiled code, also when the sources are run by vitest.
const THREAD = fileURLToPath(new URL('./monitor-thread.js', import.meta.url)).replace(
  /([\\/]scripts[\\/])(robustness[\\/])/,
  '$1dist/$2',
);

/** Watches one server after the other. */
export interface Watcher {
  /** @param options `headers` of a client that may ask */
  watch(pid: number, port: number, options?: Partial<Omit<MonitorJob, 'port'>>): Monitor;
  stop(): Promise<void>;
}

/** A server in a process of its own, as the hub is, to which nothing happens. */
const CALM =
  "require('node:http').createServer((_, answer) => answer.end()).listen(0, '127.0.0.1', function () { console.log('port', this.address().port); });";

export async function startWatcher(): Promise<Watcher> {
  const calm = startProcess(['-e', CALM]);
  const [, calmPort] = await calm.prints(/port (\d+)/);
  const thread = new Worker(THREAD, { workerData: Number(calmPort) });
  return {
    watch(pid, port, { headers = {}, path = '/api/session', everyMs = 5 } = {}) {
      forgetPeak(pid);
      // The peak is what the process takes now, since the last one is forgotten.
      const beforeMb = peakOf(pid);
      const heard = once(thread, 'message') as Promise<[Heard]>;
      thread.postMessage({ port, path, everyMs, headers } satisfies MonitorJob);
      return {
        async stop() {
          const peakMb = peakOf(pid);
          thread.postMessage('stop');
          const [{ milliseconds, failures, calm: ofCalm }] = await heard;
          const at = shareOf(milliseconds);
          return {
            answers: milliseconds.length,
            p50: at(0.5),
            p99: at(0.99),
            worst: at(1),
            calmP99: shareOf(ofCalm)(0.99),
            peakMb: peakOf(pid) ?? peakMb,
            beforeMb,
            failures,
          };
        },
      };
    },
    async stop() {
      killNow(calm.pid);
      await thread.terminate();
    },
  };
}

function shareOf(values: readonly number[]): (share: number) => number {
  const sorted = values.toSorted((a, b) => a - b);
  return (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** The kernel's high-water mark of a process begins anew. */
function forgetPeak(pid: number): void {
  if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Most resident memory of a process, in MB; null where /proc does not tell or the process is gone. */
export function peakOf(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : (Number(kilobytes) * 1024) / 1e6;
  } catch {
    // The process has ended, which the caller notices by itself.
    return null;
  }
}
