import process from 'node:process';

const INTERVAL_MS = 3000;

export interface SystemUsage {
  /** CPU time of this process and its threads since the last reading; 100 is one core. */
  readonly cpuPercent: number;
  /** Resident memory in MiB. */
  readonly memoryMb: number;
}

/** Returns a function to call at every step, which gives a reading at most every three seconds. */
export function createSystemUsage(
  now: () => number = () => performance.now(),
): () => SystemUsage | undefined {
  let lastTime = now();
  let lastCpu = process.cpuUsage();
  let first = true;
  return () => {
    const time = now();
    const elapsed = time - lastTime;
    // The first reading is given at once, so that short runs have one too.
    if (elapsed <= 0 || (!first && elapsed < INTERVAL_MS)) return undefined;
    const cpu = process.cpuUsage();
    const busy = (cpu.user - lastCpu.user + cpu.system - lastCpu.system) / 1000;
    first = false;
    lastTime = time;
    lastCpu = cpu;
    return { cpuPercent: (100 * busy) / elapsed, memoryMb: process.memoryUsage.rss() / (1024 * 1024) };
  };
}
