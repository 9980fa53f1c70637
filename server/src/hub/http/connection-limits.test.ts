import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import process from 'node:process';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startHub } from '../start-hub.js';
import { connected, senderSocket, TOKEN, temporaryFolder, viewerSocket } from '../testing/test-hub.js';
import { limitConnections, STRANGERS } from './connection-limits.js';

const VIEW = 'view-token-0123456789-0123456789-0123';
/** An address of this machine by which it is another machine to a hub. */
const outer = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** A connection that says nothing. `from` is the address that it comes from. */
async function silent(port: number, host: string, from?: string): Promise<Socket> {
  const socket = connect({ port, host, ...(from === undefined ? {} : { localAddress: from }) });
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  socket.resume();
  return socket;
}

const open = (sockets: readonly Socket[]) => sockets.filter(({ destroyed }) => !destroyed).length;

it.skipIf(process.platform !== 'linux')(
  'cuts the oldest of the address that holds the most, beyond what one address and all may hold',
  async () => {
    const server = createServer((_request, response) => response.end('here'));
    const said: string[] = [];
    // All of 127.0.0.0/8 is this machine, so that other machines can be stood in for.
    limitConnections(
      server,
      (sentence) => said.push(sentence),
      (address) => address === '127.0.0.1',
    );
    server.listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const sockets: Socket[] = [];
    for (let i = 0; i < STRANGERS.ofAddress + 5; i++)
      sockets.push(await silent(port, '127.0.0.1', '127.0.0.2'));
    await vi.waitFor(() => expect(open(sockets)).toBe(STRANGERS.ofAddress));
    expect(sockets.slice(0, 5).every(({ destroyed }) => destroyed)).toBe(true);
    expect(said).toEqual([expect.stringContaining('127.0.0.2')]);

    // One that holds a single connection keeps it, however many come of others.
    const modest = await silent(port, '127.0.0.1', '127.0.1.1');
    const crowd: Socket[] = [];
    for (let i = 0; i < STRANGERS.all + 20; i++)
      crowd.push(await silent(port, '127.0.0.1', `127.0.2.${1 + (i % 20)}`));
    await vi.waitFor(() => expect(open([...sockets, ...crowd]) + 1).toBe(STRANGERS.all));
    expect(modest.destroyed).toBe(false);

    // This machine is not counted.
    const local = await Promise.all(
      Array.from({ length: STRANGERS.ofAddress + 20 }, () => silent(port, '127.0.0.1')),
    );
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
    expect(open(local)).toBe(local.length);
  },
);

it.skipIf(outer === undefined)(
  'whoever shows cookie or token is kept, and this machine goes on, while strangers hold all that they may',
  async () => {
    const host = outer ?? '';
    const hub = await startHub({
      ...{ logdir: await temporaryFolder(), host: '0.0.0.0', port: 0, token: VIEW, ingestToken: TOKEN },
      log: () => undefined,
    });
    onTestFinished(() => hub.close());
    await hub.ready;
    const far = { url: `http://${host}:${hub.port}` };
    const near = { url: `http://127.0.0.1:${hub.port}` };
    const session = await fetch(`${far.url}/api/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: VIEW }),
    });
    const Cookie = session.headers.get('set-cookie')!.split(';')[0]!;
    const viewer = await connected(viewerSocket(far, { extraHeaders: { Cookie } }));
    // It shows its token only when it joins.
    const sender = await connected(senderSocket(far));

    const strangers: Socket[] = [];
    for (let i = 0; i < 3 * STRANGERS.ofAddress; i++) strangers.push(await silent(hub.port, host));
    await vi.waitFor(() => expect(open(strangers)).toBeLessThanOrEqual(STRANGERS.ofAddress));
    expect((await fetch(`${far.url}/api/runs`, { headers: { Cookie } })).status).toBe(200);
    expect((await fetch(`${near.url}/api/runs`, { headers: { Cookie } })).status).toBe(200);
    await connected(viewerSocket(near, { extraHeaders: { Cookie } }));
    expect([viewer.connected, sender.connected]).toEqual([true, true]);
    // Those that say nothing are not kept either.
    await vi.waitFor(() => expect(open(strangers)).toBe(0), { timeout: 20_000 });
    expect([viewer.connected, sender.connected]).toEqual([true, true]);
  },
  30_000,
);
