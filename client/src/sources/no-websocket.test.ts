import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a browser without WebSocket is told so, instead of that the hub does not answer', async () => {
  vi.stubGlobal('WebSocket', undefined);
  // socket.io looks for it when it is loaded.
  vi.resetModules();
  const { createLiveSource } = await import('./live-source.js');
  const source = createLiveSource({ base: new URL('http://hub.test/') });
  await vi.waitFor(() => expect(source.connection.status).toBe('refused'));
  expect(source.connection).toMatchObject({ reason: expect.stringContaining('offers no WebSocket') });
  source.close();
});
