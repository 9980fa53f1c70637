/** Puts a page into a state in which the hub does not answer as usual. */
import type { Page, WebSocketRoute } from 'playwright-core';
import type { Condition } from './scenes.js';

const DATA = /\/api\/(?!session)/;
const SOCKET = /\/socket\.io\//;

/** Before the page is loaded. */
export async function withholdData(page: Page, condition: Condition | undefined): Promise<void> {
  if (condition === 'loading') await page.route(DATA, () => undefined);
  if (condition === 'error') await page.route(DATA, (route) => route.fulfill({ status: 503, body: '{}' }));
}

/** Before the page is loaded. Returns a function that takes the hub away from it: no request and no socket reaches it then. */
export async function holdConnection(page: Page): Promise<() => Promise<void>> {
  const sockets: WebSocketRoute[] = [];
  let isAway = false;
  await page.routeWebSocket(SOCKET, async (socket) => {
    if (isAway) {
      await socket.close();
      return;
    }
    sockets.push(socket);
    socket.connectToServer();
  });
  return async () => {
    isAway = true;
    await page.route(/^http/, (route) => route.abort());
    for (const socket of sockets) await socket.close();
    await page.getByText('Disconnected').first().waitFor();
  };
}
