import type { LiveBlob } from '@convscope/shared/protocol/live.js';
import { describe, expect, it } from 'vitest';
import { picture, runHead, uid } from '../testing/run-bytes.js';
import { connected, startSender, startTestHub, viewerSocket, waitFor, watch } from '../testing/test-hub.js';
import { FILE } from './testing/fold.js';

describe('maps', () => {
  async function watched() {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    const file = { runUid: uid('a'), run: 'run', file: FILE };
    await sender.open(file);
    let length = 0;
    const send = async (bytes: Buffer) => {
      const answer = await sender.write(file, length, bytes);
      if (!answer.ok) throw new Error(answer.error);
      length = answer.length;
      await waitFor(() => expect(hub.logdir.runs.get('run')?.files[0]?.offset).toBe(length));
    };
    await send(runHead(uid('a')));
    const viewer = await connected(viewerSocket(hub));
    const blobs: LiveBlob[] = [];
    viewer.on('blob', (message) => blobs.push(message));
    await watch(viewer, { runs: ['run'], mapsOf: 'run', tags: ['a', 'b'] });
    /** Resolves after the hub has handled all that this viewer said before. */
    const round = () => viewer.emitWithAck('ping');
    return { hub, send, viewer, blobs, round };
  }

  it('come by credit, one at a time a tag, and the newest wins', async () => {
    const { send, viewer, blobs, round } = await watched();
    await send(Buffer.concat([picture('a', 1, 500), picture('b', 1, 500), picture('unwatched', 1, 500)]));
    await waitFor(() => expect(blobs).toHaveLength(2));
    expect(blobs.map(({ tag, row, kind }) => [tag, row, kind])).toEqual([
      ['a', 0, 'image'],
      ['b', 0, 'image'],
    ]);
    expect(Buffer.from(blobs[0]!.bytes)).toEqual(picture('a', 1, 500).subarray(12, -4));
    // Without credit nothing more comes.
    for (let step = 2; step <= 9; step++) await send(picture('a', step, 500));
    await round();
    expect(blobs).toHaveLength(2);
    viewer.emit('credit', { run: 'run', tag: 'a' });
    await waitFor(() => expect(blobs).toHaveLength(3));
    expect(blobs[2]).toMatchObject({ tag: 'a', row: 8 });
    expect(Buffer.from(blobs[2]!.bytes)).toEqual(picture('a', 9, 500).subarray(12, -4));
    // Nothing waits: the credit holds until the next one comes.
    viewer.emit('credit', { run: 'run', tag: 'a' });
    await round();
    expect(blobs).toHaveLength(3);
    await send(picture('a', 10, 500));
    await waitFor(() => expect(blobs).toHaveLength(4));
    expect(blobs[3]).toMatchObject({ tag: 'a', row: 9 });
  });

  it('of other runs and tags are not pushed, whatever credit is claimed', async () => {
    const { send, viewer, blobs, round } = await watched();
    viewer.emit('credit', { run: 'other', tag: 'a' });
    viewer.emit('credit', { run: 'run', tag: 'unwatched' });
    await send(picture('unwatched', 1, 500));
    await round();
    expect(blobs).toHaveLength(0);
  });

  it('follow a new watch', async () => {
    const { send, viewer, blobs } = await watched();
    await watch(viewer, { runs: ['run'], mapsOf: 'run', tags: ['unwatched'] });
    await send(Buffer.concat([picture('a', 1, 500), picture('unwatched', 1, 500)]));
    await waitFor(() => expect(blobs).toHaveLength(1));
    expect(blobs[0]).toMatchObject({ tag: 'unwatched' });
  });
});
