import { hostname } from 'node:os';
import process from 'node:process';

const LONGEST_HOST = 64;

let filesOfThisProcess = 0;

/**
 * A name for a new event file: `events.out.tfevents.<unix seconds>.<host>.<pid>.<n>`. Names sort by time, and no two
 * are alike. The host is reduced to what a file name may hold everywhere.
 */
export function newEventFileName(nowMs = Date.now(), host = hostname()): string {
  const plainHost = host.replace(/[^\w.-]/g, '_').slice(0, LONGEST_HOST) || 'host';
  return `events.out.tfevents.${Math.floor(nowMs / 1000)}.${plainHost}.${process.pid}.${filesOfThisProcess++}`;
}
