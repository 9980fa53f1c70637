import { createRequire } from 'node:module';

/**
 * Node's HTTP server. `import` would read every export of node:http, among them WebSocket, which loads Node's HTTP client
 * since Node 22: 8 MB and a fifth of a second that no hub needs.
 */
export const { createServer, STATUS_CODES } = createRequire(import.meta.url)(
  'node:http',
) as typeof import('node:http');
