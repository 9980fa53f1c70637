/** A browser that is not Playwright's own, driven by its own protocol. */
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface DrivenBrowser {
  /** Opens a page, and waits until it has been loaded. */
  open(url: string): Promise<void>;
  /** What the body of a function returns in the page, as JSON. */
  evaluate(body: string): Promise<unknown>;
  close(): Promise<void>;
}

/** How long a browser may take to listen, in milliseconds. */
export const START_LIMIT_MS = 60_000;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The system has given no port.');
  return address.port;
}
