import type { ChildProcess } from 'node:child_process';

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Asks a process to end, and kills it when it has not within the time. Resolves when it is gone. */
export async function endProcess(
  child: ChildProcess,
  message: { type: 'stop' },
  withinMs: number,
): Promise<void> {
  if (hasEnded(child)) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    // A channel that breaks in this moment means that the process is going: its exit, or the timer, comes next.
    if (child.connected) child.send(message, () => undefined);
    else child.kill('SIGTERM');
  });
}
