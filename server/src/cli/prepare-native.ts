/** Before training: if a GPU is visible, installs the native binding once; otherwise suggests what would be faster. */

import { messageOf } from '@convscope/shared/message-of.js';
import type { BackendName } from '../tfjs/backend.js';
import { locateNative } from '../tfjs/locate-native.js';
import type { StopSignals } from './stop-signals.js';

/** @returns a line to print, if any. Nothing here throws: on failure training continues with the next backend. */
export async function prepareNative(
  wanted: BackendName | undefined,
  say: (line: string) => void,
  stop: StopSignals,
): Promise<string | undefined> {
  if (wanted !== undefined && wanted !== 'tfjs-node-gpu') return undefined;
  if (locateNative('tfjs-node-gpu') !== undefined) return undefined;
  const { visibleGpus } = await import('../native-install/visible-gpus.js');
  const { gpus } = await visibleGpus(process.env, stop.signal);
  if (gpus.length === 0) {
    return locateNative('tfjs-node') === undefined
      ? '`npm run install-native` installs tfjs-node, which trains several times faster than wasm.'
      : undefined;
  }
  say(
    `GPU: ${gpus.join('; ')}. Installing tfjs-node-gpu into the cache, once; press Ctrl-C to continue without it.`,
  );
  const { installNative } = await import('../native-install/install-native.js');
  const why = await stop.skippable(async (signal) => {
    try {
      const report = await installNative({ packages: ['tfjs-node-gpu'], onProgress: say, signal });
      return report.packages.find((entry) => entry.outcome === 'failed')?.error;
    } catch (error) {
      return messageOf(error);
    }
  });
  return why === undefined
    ? undefined
    : `tfjs-node-gpu is not installed: ${why} Training continues without it; run \`npm run install-native\` to try again.`;
}
