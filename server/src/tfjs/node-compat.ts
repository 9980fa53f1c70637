import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Node 23 dropped `util.isNullOrUndefined`, which tfjs-node 4.22 calls while it loads and when it trains. */
export function restoreIsNullOrUndefined(): void {
  // The CommonJS object: the ES module namespace of node:util cannot be extended.
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
