import { readFileSync } from 'node:fs';

/** The most resident memory that a process has had, in MB (10⁶ bytes). Linux only. */
export function peakMegabytes(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kilobytes) * 1024) / 1e6;
}
