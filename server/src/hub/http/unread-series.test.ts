import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { decodeSeries } from '@convscope/shared/protocol/series-codec.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { scalar, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';
import { answerRoom } from './answer-room.js';

/** What all answers that wait may take together, in bytes. */
const ROOM = 32 * 1024 * 1024;
const POINTS = 100_000;

/** A hub with one long series. */
async function startHub() {
  const logdir = join(await temporaryFolder(), 'runs');
  await mkdir(join(logdir, 'run'), { recursive: true });
  const frames = Array.from({ length: POINTS }, (_, step) => scalar('loss', step, Math.random()));
  await writeFile(join(logdir, 'run', TORCH_FILE), Buffer.concat(frames));
  const hub = await startTestHub({ logdir });
  await waitFor(() => expect(hub.logdir.runs.get('run')?.summary().readToEnd).toBe(true));
  /** Asks so many times, and does not read the answers. */
  const askUnread = (query: string, times = 1) => {
    const socket = connect(hub.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    socket.pause();
    const request = `GET /api/v1/series?run=run&tag=loss&${query} HTTP/1.1\r\nHost: localhost:${hub.port}\r\n\r\n`;
    socket.write(request.repeat(times));
    return socket;
  };
  return { hub, askUnread };
}

test.each([`points=${POINTS}`, 'format=csv'])(
  'series that nobody reads (%s) take places among the answers that wait',
  async (query) => {
    const { askUnread } = await startHub();
    // The system takes a few megabytes of what nobody reads.
    const socket = askUnread(query, 16);
    await waitFor(() => expect(answerRoom.bytes).toBeGreaterThan(128 * 1024));
    socket.destroy();
    await waitFor(() => expect(answerRoom.bytes).toBe(0));
  },
);

test('series that nobody reads make room for those who read', async () => {
  const { hub, askUnread } = await startHub();
  const query = `points=${POINTS}`;
  const held = vi.spyOn(answerRoom, 'hold');
  for (let at = 0; at < 40; at++) askUnread(query);
  // What was held by now may have been cut already.
  await waitFor(() =>
    expect(held.mock.calls.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeGreaterThan(ROOM),
  );
  held.mockRestore();
  const answer = await fetch(`${hub.url}/api/v1/series?run=run&tag=loss&${query}`);
  const [series] = decodeSeries(new Uint8Array(await answer.arrayBuffer())).series;
  expect(series?.kind === 'points' && series.steps.length).toBe(POINTS);
  expect(answerRoom.bytes).toBeLessThanOrEqual(ROOM);
});
