/** Starts a hub, and hands it what earlier processes left in the spool for this logdir. */
import { setFlagsFromString } from 'node:v8';
import { type RunningHub, type ServeOptions, startHub } from '../hub/main.js';
import { cacheDirectory } from '../hub/token-file.js';

export interface ServedHub extends RunningHub {
  /** Hands over again what dead senders left behind. Whatever goes wrong is said through `log`. */
  handOver(): Promise<void>;
}

/**
 * Keeps V8's space for young objects at the 1 MB that it begins with. It would double it whenever much survives, as
 * while modules are loaded and logs read, and rarely gives it back. What a hub handles lies in buffers outside it.
 * Seen: 86 → 75 MB for a small logdir, 157 → 111 MB for a million scalars, which take 3 % more CPU time to read.
 */
const SMALL_YOUNG_SPACE = '--semi-space-growth-factor=1';

const LOOK_AGAIN_MS = 10_000;

/**
 * For a process that is a hub and nothing else.
 *
 * @param options.logdir absolute
 */
export async function serve(
  options: Omit<ServeOptions, 'allowHosts'> & {
    readonly allowHost?: readonly string[] | undefined;
    readonly log: (sentence: string) => void;
  },
): Promise<ServedHub> {
  setFlagsFromString(SMALL_YOUNG_SPACE);
  const { allowHost, logdir, log, ...rest } = options;
  const hub = await startHub({ ...rest, logdir, log, allowHosts: allowHost });
  let timer: NodeJS.Timeout | undefined;
  async function handOver(): Promise<void> {
    clearTimeout(timer);
    try {
      const ingest = await hub.ingest;
      const { handOverSpools } = await import('../writer/hand-over.js');
      const { left } = await handOverSpools(ingest, { cacheDirectory: cacheDirectory(), logdir, log });
      // A sender that lives now may be killed later, by something that tells nobody.
      if (left > 0) timer = setTimeout(again, LOOK_AGAIN_MS).unref();
    } catch (error) {
      log(`The spool could not be handed over: ${(error as Error).message}`);
    }
  }
  // In the background: the page is there at once, whatever waits.
  let latest = handOver();
  function again(): Promise<void> {
    latest = latest.then(handOver);
    return latest;
  }
  return {
    ...hub,
    handOver: again,
    async close() {
      clearTimeout(timer);
      await hub.close();
    },
  };
}
