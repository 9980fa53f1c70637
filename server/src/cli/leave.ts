import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

/** How long calls to the file system may take to end. */
const WITHIN_MS = 300;
const LOOK_EVERY_MS = 20;

/**
 * Ends this process. Node waits for its threads when it exits, and one that waits for a disk that does not answer never
 * ends, so the process is killed then.
 */
export async function leave(code: number): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (isCallingFiles() && performance.now() < deadline) await delay(LOOK_EVERY_MS);
  if (isCallingFiles()) process.kill(process.pid, 'SIGKILL');
  else process.exit(code);
}

function isCallingFiles(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
}
