import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Restores `util.isNullOrUndefined`, which Node 23 removed and tfjs-node 4.22 calls when it loads and trains. */
export function restoreIsNullOrUndefined(): void {
  // Use the CommonJS object, because the ES module namespace of node:util cannot be extended.
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
