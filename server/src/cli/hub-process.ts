/** The hub as a process of its own, under the launcher. Obeys its messages, and ends when it is gone. */

import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@convscope/shared/message-of.js';
import { userCacheDirectory } from '../machine/cache-directory.js';
import { folderForRuns } from '../storage/logdir-place.js';
import { isMeantFor, listSpool } from '../writer/spool.js';
import type { HubFlags } from './hub-flags.js';
import { leave } from './leave.js';
import type { FromHub, ToHub } from './process-messages.js';
import { TOKEN_VARIABLE } from './process-messages.js';
import { type ServedHub, serve } from './serve.js';

/** How long the hub waits, after the launcher is gone, for the trainer to have its last bytes acknowledged. */
const LAST_WORDS_WITHIN_MS = 2_500;

let running: ServedHub | undefined;
/** Where new runs are written. */
let logdir: string | undefined;

function tell(message: FromHub, then: () => void = () => undefined): void {
  if (process.connected && process.send) process.send(message, undefined, undefined, then);
  else then();
}

const log = (line: string) => tell({ type: 'log', line });

async function start({ flags, strictPort, viewToken }: Extract<ToHub, { type: 'serve' }>): Promise<void> {
  logdir = folderForRuns(flags.logdir);
  try {
    running = await serve({
      ...flags,
      strictPort,
      ...(viewToken === undefined ? {} : { token: viewToken }),
      ingestToken: process.env[TOKEN_VARIABLE],
      log,
    });
    const { url, port, viewToken: token } = running;
    tell({
      type: 'listening',
      url,
      port,
      senderUrl: senderUrl(flags, port),
      ...(token === undefined ? {} : { viewToken: token }),
    });
  } catch (error) {
    tell({ type: 'failed', error: messageOf(error) }, () => process.exit(1));
  }
}

/** The URL for senders on this machine. A wildcard address cannot be connected to, so it becomes loopback. */
function senderUrl({ host, basePath }: HubFlags, port: number): string {
  const everywhere = host === undefined || host === '0.0.0.0' || host === '::';
  const name = everywhere ? '127.0.0.1' : host;
  const path = (basePath ?? '').split('/').filter(Boolean).join('/');
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/${path}`;
}

async function stop(): Promise<void> {
  try {
    await running?.close();
    await leave(0);
  } catch (error) {
    log(`The hub did not close cleanly: ${messageOf(error)}`);
    await leave(1);
  }
}

/**
 * Stops without a message from the launcher, after all senders have closed their files and all runs were removed from the
 * spool.
 */
async function stopAfterLastWords(): Promise<void> {
  const deadline = performance.now() + LAST_WORDS_WITHIN_MS;
  while (performance.now() < deadline && (await isSomebodySending())) await delay(50);
  await stop();
}

async function isSomebodySending(): Promise<boolean> {
  if (logdir === undefined) return false;
  // A sender whose cache is full has nothing in the spool.
  if ((await running?.ingest)?.hasSenders()) return true;
  try {
    for (const { note } of await listSpool(userCacheDirectory(), log)) {
      if (await isMeantFor(note, logdir)) return true;
    }
  } catch (error) {
    log(`The spool cannot be read (${messageOf(error)}).`);
  }
  return false;
}

// Ctrl-C and closing the terminal signal every process in it, and so does a service manager's SIGTERM. The launcher
// decides in which order the processes end.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('SIGTERM', () => void stopAfterLastWords());
process.on('disconnect', () => void stopAfterLastWords());
process.on('message', (message: ToHub) => {
  if (message.type === 'stop') void stop();
  else if (message.type === 'hand-over')
    void running?.handOver().then((runUids) => tell({ type: 'handed-over', runUids: [...runUids] }));
  else void start(message);
});
