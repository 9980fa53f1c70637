/** Starts a hub, and hands it what earlier processes left in the spool for this logdir. */

import { messageOf } from '@convscope/shared/message-of.js';
import { type RunningHub, type ServeOptions, startHub } from '../hub/start-hub.js';
import { userCacheDirectory } from '../machine/cache-directory.js';
import { changeV8Flag } from '../machine/load-program.js';
import { folderForRuns, type LogdirPlace } from '../storage/logdir-place.js';

export interface ServedHub extends RunningHub {
  /**
   * Hands over what dead senders have left since. Errors are reported through `log`. Resolves to the ids of all runs that
   * were handed over whole.
   */
  handOver(): Promise<ReadonlySet<string>>;
}

/**
 * Keeps the young generation at its current size. V8 would double it whenever many objects survive, for example while modules
 * load and logs are read, and rarely shrinks it again. A hub's data are in buffers outside of it. Measured with Node 20:
 * 86 → 75 MB for a small logdir, 157 → 111 MB for a million scalars, which take 3 % more CPU time to read.
 */
const V8_FLAG = '--semi-space-growth-factor=1';

const LOOK_AGAIN_MS = 10_000;

/**
 * Starts a hub. It changes settings of the whole process, so use it only in a process that does nothing else.
 */
export async function serve(
  options: Omit<ServeOptions, 'allowHosts'> & {
    readonly logdir: readonly LogdirPlace[];
    readonly allowHost?: readonly string[] | undefined;
    readonly log: (sentence: string) => void;
  },
): Promise<ServedHub> {
  changeV8Flag(V8_FLAG, '--semi-space-growth-factor=2');
  const { allowHost, logdir, log, ...rest } = options;
  const hub = await startHub({ ...rest, logdir, log, allowHosts: allowHost });
  let timer: NodeJS.Timeout | undefined;
  const said = new Set<string>();
  const sayOnce = (sentence: string) => {
    if (!said.has(sentence)) log(sentence);
    said.add(sentence);
  };
  const handedOver = new Set<string>();
  const folder = folderForRuns(logdir);
  async function handOver(): Promise<ReadonlySet<string>> {
    clearTimeout(timer);
    if (folder === undefined) return handedOver;
    try {
      const ingest = await hub.ingest;
      const { handOverSpools } = await import('../hub/ingest/hand-over.js');
      await handOverSpools(ingest, {
        cacheDirectory: userCacheDirectory(),
        logdir: folder,
        log: sayOnce,
        done: (runUid) => handedOver.add(runUid),
      });
    } catch (error) {
      sayOnce(`The spool could not be handed over: ${messageOf(error)}`);
    }
    // A sender may be killed at any time without notice, so look again later.
    timer = setTimeout(again, LOOK_AGAIN_MS).unref();
    return handedOver;
  }
  // In the background, so that the page is available immediately.
  let latest = handOver();
  function again(): Promise<ReadonlySet<string>> {
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
