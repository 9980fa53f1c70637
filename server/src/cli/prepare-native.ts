/** Before training: where a GPU is visible, its binding is installed once; elsewhere a line says what would be faster. */
import { locateNative } from '../native-install/locate.js';
import type { BackendName } from '../tfjs/backend.js';

/** @returns a line worth printing, if any. Whatever fails here, training goes on with the next backend. */
export async function prepareNative(
  wanted: BackendName | undefined,
  say: (line: string) => void,
): Promise<string | undefined> {
  if (wanted !== undefined && wanted !== 'tfjs-node-gpu') return undefined;
  if (locateNative('tfjs-node-gpu') !== undefined) return undefined;
  const { visibleGpus } = await import('../native-install/visible-gpus.js');
  const { gpus } = await visibleGpus();
  if (gpus.length === 0) {
    return locateNative('tfjs-node') === undefined
      ? '`npm run install-native` brings tfjs-node, which trains several times faster than wasm.'
      : undefined;
  }
  say(`GPU: ${gpus.join('; ')}. Installing tfjs-node-gpu into the cache, once…`);
  const { installNative } = await import('../native-install/install-native.js');
  const report = await installNative({ packages: ['tfjs-node-gpu'], onProgress: say });
  const failed = report.packages.find((entry) => entry.outcome === 'failed');
  return failed
    ? `tfjs-node-gpu could not be installed: ${failed.error} Training goes on without it.`
    : undefined;
}
