/** The hub as a process of its own, under the launcher. Obeys its messages, and ends when it is gone. */
import process from 'node:process';
import type { FromHub, ToHub } from './process-messages.js';
import { TOKEN_VARIABLE } from './process-messages.js';
import { serve } from './serve.js';

let running: Awaited<ReturnType<typeof serve>> | undefined;

function tell(message: FromHub): void {
  if (process.connected) process.send?.(message);
}

async function stop(): Promise<void> {
  await running?.close();
  process.exit(0);
}

// Ctrl-C reaches every process of the terminal: the launcher decides who ends when.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => void stop());
process.on('disconnect', () => void stop());
process.on('message', (message: ToHub) => {
  if (message.type === 'stop') {
    void stop();
    return;
  }
  const { flags, strictPort } = message;
  serve({
    ...flags,
    strictPort,
    ingestToken: process.env[TOKEN_VARIABLE],
    log: (line) => tell({ type: 'log', line }),
  }).then(
    (hub) => {
      running = hub;
      tell({ type: 'listening', url: hub.url, port: hub.port });
    },
    (error: Error) => {
      tell({ type: 'failed', error: error.message });
      process.exitCode = 1;
      process.disconnect?.();
    },
  );
});
