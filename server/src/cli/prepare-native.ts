/** Before training: where a GPU is visible, its binding is installed once; elsewhere a line says what would be faster. */

import { messageOf } from '@convscope/shared/message-of.js';
import type { BackendName } from '../tfjs/backend.js';
import { locateNative } from '../tfjs/locate-native.js';
import type { StopSignals } from './stop-signals.js';

/** @returns a line worth printing, if any. Whatever fails here, training goes on with the next backend. */
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
      ? '`npm run install-native` brings tfjs-node, which trains several times faster than wasm.'
      : undefined;
  }
  say(`GPU: ${gpus.join('; ')}. Installing tfjs-node-gpu into the cache, once; Ctrl-C goes on without it.`);
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
    : `tfjs-node-gpu is not installed: ${why} Training goes on without it; \`npm run install-native\` tries again.`;
}
