/** Starts a hub, and hands it what earlier processes left in the spool for this logdir. */
import { type RunningHub, type ServeOptions, startHub } from '../hub/main.js';
import { cacheDirectory } from '../hub/token-file.js';
import { handOverSpools } from '../writer/hand-over.js';

/** @param options.logdir absolute */
export async function serve(
  options: Omit<ServeOptions, 'allowHosts'> & {
    readonly allowHost?: readonly string[] | undefined;
    readonly log: (sentence: string) => void;
  },
): Promise<RunningHub> {
  const { allowHost, ...rest } = options;
  const hub = await startHub({ ...rest, allowHosts: allowHost });
  // In the background: the page is there at once, whatever waits.
  hub.ingest
    .then((store) =>
      handOverSpools(store, { cacheDirectory: cacheDirectory(), logdir: options.logdir, log: options.log }),
    )
    .catch((error: Error) => options.log(`The spool could not be handed over: ${error.message}`));
  return hub;
}
