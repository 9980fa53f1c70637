import process from 'node:process';

const INTERVAL_MS = 3000;

export interface SystemUsage {
  /** CPU of this process with all its threads, 100 = one core, since the last reading. */
  readonly cpuPercent: number;
  /** Resident memory in MiB. */
  readonly memoryMb: number;
}

/** Gives a reading at most every three seconds, so that it can be asked at every step. */
export function createSystemUsage(
  now: () => number = () => performance.now(),
): () => SystemUsage | undefined {
  let lastTime = now();
  let lastCpu = process.cpuUsage();
  let first = true;
  return () => {
    const time = now();
    const elapsed = time - lastTime;
    // The first reading comes at once, so that even a short run has one.
    if (elapsed <= 0 || (!first && elapsed < INTERVAL_MS)) return undefined;
    const cpu = process.cpuUsage();
    const busy = (cpu.user - lastCpu.user + cpu.system - lastCpu.system) / 1000;
    first = false;
    lastTime = time;
    lastCpu = cpu;
    return { cpuPercent: (100 * busy) / elapsed, memoryMb: process.memoryUsage.rss() / (1024 * 1024) };
  };
}
