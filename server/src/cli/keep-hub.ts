/** Keeps a hub running under the launcher. A hub that dies is restarted on its port while training continues. */
import { type ChildProcess, fork } from 'node:child_process';
import { builtFile } from '../machine/built-file.js';
import { endProcess } from './end-process.js';
import type { HubFlags } from './hub-flags.js';
import type { FromHub, ToHub } from './process-messages.js';

/** The delay before a restart doubles each time, and is reset after a hub has run for HEALTHY_AFTER_MS. */
const FIRST_RESTART_AFTER_MS = 100;
const LAST_RESTART_AFTER_MS = 5_000;
const HEALTHY_AFTER_MS = 30_000;

export interface HubKeeperOptions {
  readonly flags: HubFlags;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

export type HubPage = Extract<FromHub, { type: 'listening' }>;

export interface HubKeeper {
  /** Resolves when the first hub listens; later hubs take its port. Rejects with a message if it cannot start. */
  readonly listening: Promise<HubPage>;
  /**
   * Has the current or the restarted hub take what waits in the spool. Resolves when it has, or after `withinMs`, to the
   * ids of the runs that the hub has taken whole.
   */
  handOver(withinMs: number): Promise<readonly string[]>;
  stop(withinMs: number): Promise<void>;
  /** Ends the hub immediately. */
  kill(): void;
}

export function keepHub({ flags, env, say }: HubKeeperOptions): HubKeeper {
  const { logdir, host, allowHost, basePath, alertWebhook, readOnly } = flags;
  let child: ChildProcess | undefined;
  let listensAt: HubPage | undefined;
  let restarts = 0;
  let begunAt = 0;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;
  /** Whether the current hub has reported its address. */
  let up = false;
  /** Set while someone waits for a hand-over; called when it is done or will not happen. */
  let handedOver: ((runUids: readonly string[]) => void) | undefined;
  let settle: { resolve(page: HubPage): void; reject(error: Error): void };
  const listening = new Promise<HubPage>((resolve, reject) => {
    settle = { resolve, reject };
  });

  function onMessage(message: FromHub): void {
    if (message.type === 'log') say(message.line);
    else if (message.type === 'handed-over') handedOver?.(message.runUids);
    else if (message.type === 'listening') {
      if (listensAt) say(`The hub is back at ${message.url}`);
      listensAt = message;
      up = true;
      settle.resolve(listensAt);
      askToHandOver();
    } else if (listensAt) say(message.error);
    else settle.reject(new Error(message.error));
  }

  function onExit(code: number | null, signal: NodeJS.Signals | null): void {
    up = false;
    if (stopping) return;
    const how = signal ?? `exit code ${code}`;
    if (!listensAt) {
      settle.reject(new Error(`The hub ended before it was ready (${how}).`));
      return;
    }
    say(`The hub ended (${how}) and is being restarted; training continues.`);
    if (performance.now() - begunAt > HEALTHY_AFTER_MS) restarts = 0;
    restart = setTimeout(begin, Math.min(LAST_RESTART_AFTER_MS, FIRST_RESTART_AFTER_MS * 2 ** restarts++));
  }

  /** Asks the hub to hand over. If it is down, it is asked once it is back. */
  function askToHandOver(): void {
    if (handedOver && up && child?.connected)
      child.send({ type: 'hand-over' } satisfies ToHub, () => undefined);
  }

  function end(): void {
    stopping = true;
    clearTimeout(restart);
    handedOver?.([]);
  }

  function begin(): void {
    begunAt = performance.now();
    const started = fork(builtFile(import.meta.url, './hub-process.js'), [], { env });
    child = started;
    const port = listensAt?.port ?? flags.port;
    const message: ToHub = {
      type: 'serve',
      strictPort: listensAt !== undefined,
      // Keep the token, so that open pages and the printed URL continue to work.
      ...(listensAt?.viewToken === undefined ? {} : { viewToken: listensAt.viewToken }),
      flags: {
        logdir,
        ...(port === undefined ? {} : { port }),
        ...(host === undefined ? {} : { host }),
        ...(allowHost === undefined ? {} : { allowHost }),
        ...(basePath === undefined ? {} : { basePath }),
        ...(alertWebhook === undefined ? {} : { alertWebhook }),
        ...(readOnly === undefined ? {} : { readOnly }),
      },
    };
    started.on('message', onMessage);
    // A process that could not be started emits no exit event.
    started.once('error', (error) => (listensAt ? say(`The hub: ${error.message}`) : settle.reject(error)));
    started.once('exit', onExit);
    started.send(message, () => undefined);
  }

  begin();
  return {
    listening,
    async handOver(withinMs) {
      if (stopping) return [];
      const runUids = await new Promise<readonly string[]>((resolve) => {
        const timer = setTimeout(() => resolve([]), withinMs);
        handedOver = (taken) => {
          clearTimeout(timer);
          resolve(taken);
        };
        askToHandOver();
      });
      handedOver = undefined;
      return runUids;
    },
    async stop(withinMs) {
      end();
      if (child) await endProcess(child, { type: 'stop' }, withinMs);
    },
    kill() {
      end();
      child?.kill('SIGKILL');
    },
  };
}
