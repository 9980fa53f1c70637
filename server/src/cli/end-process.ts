import type { ChildProcess } from 'node:child_process';

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Asks a process to end, and kills it if it is still running after `withinMs`. Resolves when it has ended. */
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
    // If the channel breaks now, the process is ending anyway; its exit or the timer follows.
    if (child.connected) child.send(message, () => undefined);
    else child.kill('SIGTERM');
  });
}
