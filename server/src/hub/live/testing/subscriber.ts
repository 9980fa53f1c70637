/** Viewers that subscribe to series of a hub, and what comes of it. */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Subscribed, Subscription } from '@convscope/shared/protocol/live.js';
import { decodeLivePoints, type LivePoints } from '@convscope/shared/protocol/live-points.js';
import { expect } from 'vitest';
import { TORCH_FILE } from '../../testing/run-bytes.js';
import {
  startTestHub,
  type TestHub,
  temporaryFolder,
  type ViewerSocket,
  waitFor,
} from '../../testing/test-hub.js';

export async function write(hub: { root: string }, run: string, ...frames: Uint8Array[]): Promise<void> {
  await mkdir(join(hub.root, run), { recursive: true });
  await appendFile(join(hub.root, run, TORCH_FILE), Buffer.concat(frames));
}

export async function hubWith(runs: readonly string[], frames: readonly Uint8Array[]): Promise<TestHub> {
  const root = join(await temporaryFolder(), 'runs');
  for (const run of runs) await write({ root }, run, ...frames);
  const hub = await startTestHub({ logdir: root });
  await waitFor(async () => {
    await hub.logdir.settled();
    for (const run of runs) expect(hub.logdir.runs.get(run)?.summary().readToEnd).toBe(true);
  });
  return hub;
}

export async function subscribe(viewer: ViewerSocket, message: Subscription): Promise<Subscribed> {
  const answer = await viewer.emitWithAck('subscribe', message);
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

/** All blocks that arrive, and how many messages they came in. */
export function received(viewer: ViewerSocket): { blocks: LivePoints[]; messages: () => number } {
  const blocks: LivePoints[] = [];
  let messages = 0;
  viewer.on('points', (bytes) => {
    messages++;
    blocks.push(...decodeLivePoints(new Uint8Array(bytes)));
  });
  return { blocks, messages: () => messages };
}

/** Puts blocks together as the protocol says; a hole is an error. */
export function fold(blocks: readonly LivePoints[], run: number, tag: number): number[] {
  const steps: number[] = [];
  for (const block of blocks) {
    if (block.run !== run || block.tag !== tag) continue;
    if (block.start > steps.length) throw new Error(`Rows ${steps.length} to ${block.start} are missing.`);
    steps.push(...block.steps.slice(steps.length - block.start));
  }
  return steps;
}

/** Stops reading at the level of TCP, as a browser tab does that is blocked. */
export function stop(viewer: ViewerSocket): { resume(): void } {
  const { ws } = viewer.io.engine.transport as unknown as {
    ws: { _socket: { pause(): void; resume(): void } };
  };
  ws._socket.pause();
  return ws._socket;
}
