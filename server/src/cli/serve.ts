/** Starts a hub, and hands it what earlier processes left in the spool for this logdir. */
import { type RunningHub, type ServeOptions, startHub } from '../hub/main.js';
import { cacheDirectory } from '../hub/token-file.js';

export interface ServedHub extends RunningHub {
  /** Hands over again what dead senders left behind. Whatever goes wrong is said through `log`. */
  handOver(): Promise<void>;
}

/** @param options.logdir absolute */
export async function serve(
  options: Omit<ServeOptions, 'allowHosts'> & {
    readonly allowHost?: readonly string[] | undefined;
    readonly log: (sentence: string) => void;
  },
): Promise<ServedHub> {
  const { allowHost, logdir, log, ...rest } = options;
  const hub = await startHub({ ...rest, logdir, log, allowHosts: allowHost });
  async function handOver(): Promise<void> {
    try {
      const ingest = await hub.ingest;
      const { handOverSpools } = await import('../writer/hand-over.js');
      await handOverSpools(ingest, { cacheDirectory: cacheDirectory(), logdir, log });
    } catch (error) {
      log(`The spool could not be handed over: ${(error as Error).message}`);
    }
  }
  // In the background: the page is there at once, whatever waits.
  let latest = handOver();
  return {
    ...hub,
    handOver() {
      latest = latest.then(handOver);
      return latest;
    },
  };
}
