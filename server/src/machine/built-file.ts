import { fileURLToPath } from 'node:url';

/**
 * Path of a compiled file that is to run in a thread or process of its own. Seen from the sources (as tests
 * load them) it is the one in dist, since Node 20 runs no TypeScript.
 */
export function builtFile(importMetaUrl: string, relative: string): string {
  return fileURLToPath(new URL(relative, importMetaUrl)).replace(/([\\/]server[\\/])src([\\/])/, '$1dist$2');
}
