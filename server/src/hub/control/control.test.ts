import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type {
  ControlAnswer,
  ControlRequest,
  PassedRequest,
  TrainerReport,
  TrainerState,
} from '@convscope/shared/protocol/control.js';
import { describe, expect, it } from 'vitest';
import { createRunWriter } from '../../writer/create-run-writer.js';
import { oracleBytes, runEnd, runHead, TORCH_FILE, uid } from '../testing/run-bytes.js';
import {
  connected,
  startSender,
  startTestHub,
  type TestHub,
  TOKEN,
  temporaryFolder,
  type ViewerSocket,
  viewerSocket,
  waitFor,
} from '../testing/test-hub.js';

const FILE = 'events.out.tfevents.1.host.1.0';

function stateAt(step: number): TrainerState {
  return {
    step,
    trainingPaused: false,
    settings: { every: 'auto', at: '', layers: null, gradients: false, budget: 5, paused: false },
    every: 10,
    next: step + 10,
    layers: ['conv1'],
    along: { conv1: [] },
    size: { base: 1, layers: { conv1: 2 }, gradients: { conv1: 2 } },
    stepsPerEpoch: 100,
    stretch: 1,
    cost: { step: 3, base: 1, layers: { conv1: 2 }, gradients: null },
    pictureCost: { forward: 1, ofOcclusion: false, saliency: null },
    last: null,
    share: null,
    wider: null,
    probes: [{ index: 0, label: 0, name: 'cat' }],
    side: 32,
    classes: ['cat'],
    testPictures: 10,
  };
}

/** The cookie that the page's own address gives. */
async function cookieOf(hub: TestHub): Promise<string> {
  const response = await fetch(`${hub.url}/`);
  return response.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
}

async function controller(hub: TestHub): Promise<ViewerSocket> {
  return connected(
    viewerSocket(hub, { extraHeaders: { cookie: await cookieOf(hub), 'user-agent': 'X Firefox/130' } }),
  );
}

/** A process of ours on its socket, which answers what `answer` says. */
async function trainer(
  hub: TestHub,
  digit: string,
  answer: (asked: PassedRequest) => ControlAnswer | undefined,
) {
  const sender = await startSender(hub);
  const file = { runUid: uid(digit), run: 'run', file: FILE };
  await sender.open(file);
  await sender.write(file, 0, runHead(uid(digit)));
  const asked: PassedRequest[] = [];
  sender.socket.on('ask', (message, reply) => {
    asked.push(message);
    const said = answer(message);
    if (said !== undefined) reply(said);
  });
  const announce = (state: TrainerState) => sender.socket.emit('state', { runUid: uid(digit), state });
  announce(stateAt(1));
  const reports = await follow(await connected(viewerSocket(hub)), 'run');
  await waitFor(() => expect(reports.at(-1)).toMatchObject({ state: { step: 1 } }));
  return { ...sender, file, asked, announce };
}

/** What the viewer is told of a run, the newest last. */
async function follow(viewer: ViewerSocket, run: string): Promise<(TrainerReport | null)[]> {
  const reports: (TrainerReport | null)[] = [];
  viewer.on('trainer', (report) => reports.push(report));
  reports.push(await viewer.emitWithAck('follow', { run }));
  return reports;
}

const CAPTURE: ControlRequest = { ask: 'capture' };

describe('asking the process that trains a run', () => {
  it('reaches it, and its answer comes back', async () => {
    const hub = await startTestHub();
    const { asked } = await trainer(hub, 'a', () => ({ ok: true, sentence: 'Done.', milliseconds: 3 }));
    const viewer = await controller(hub);
    expect(await viewer.emitWithAck('ask', { run: 'run', request: CAPTURE })).toEqual({
      ok: true,
      sentence: 'Done.',
      milliseconds: 3,
    });
    expect(asked).toEqual([{ runUid: uid('a'), by: '127.0.0.1 (Firefox)', request: CAPTURE }]);
  });

  it('carries the pixels of pictures as they are', async () => {
    const hub = await startTestHub();
    const { asked } = await trainer(hub, 'a', () => ({ ok: true, sentence: 'Done.' }));
    const viewer = await controller(hub);
    const pixels = Uint8Array.from({ length: 3 * 32 * 32 }, (_, i) => i % 251);
    await viewer.emitWithAck('ask', {
      run: 'run',
      request: { ask: 'probes', probes: [{ index: 4 }, { name: 'mine.png', pixels }] },
    });
    const [{ request } = { request: CAPTURE }] = asked;
    if (request.ask !== 'probes') throw new Error('no probes arrived');
    const mine = request.probes[1];
    expect(mine && 'pixels' in mine && Buffer.compare(Buffer.from(mine.pixels), Buffer.from(pixels))).toBe(0);
  });

  it('tells followers what holds, and when it has changed, the newest state only', async () => {
    const hub = await startTestHub();
    const { announce } = await trainer(hub, 'a', () => undefined);
    const viewer = await connected(viewerSocket(hub));
    const reports = await follow(viewer, 'run');
    expect(reports).toEqual([{ run: 'run', state: stateAt(1) }]);
    for (let step = 2; step <= 50; step++) announce(stateAt(step));
    await waitFor(() => expect(reports.at(-1)).toEqual({ run: 'run', state: stateAt(50) }));
    expect(reports.length).toBeLessThan(10);
    expect(await viewer.emitWithAck('follow', { run: null })).toBeNull();
  });

  it('has every viewer told of which runs training is paused, until the process is gone', async () => {
    const hub = await startTestHub();
    const { announce, socket } = await trainer(hub, 'a', () => undefined);
    const said: (true | undefined)[] = [];
    const viewer = viewerSocket(hub);
    viewer.on('runs', ({ runs }) => said.push(...runs.map(({ trainingPaused }) => trainingPaused)));
    viewer.on('changed', ({ runs }) => said.push(...runs.map(({ trainingPaused }) => trainingPaused)));
    await connected(viewer);
    announce({ ...stateAt(2), trainingPaused: true });
    await waitFor(() => expect(said.at(-1)).toBe(true));
    announce(stateAt(2));
    await waitFor(() => expect(said.at(-1)).toBeUndefined());
    announce({ ...stateAt(2), trainingPaused: true });
    await waitFor(() => expect(said.at(-1)).toBe(true));
    socket.disconnect();
    await waitFor(() => expect(said.at(-1)).toBeUndefined());
  });

  it('is refused without the cookie, which a page of another origin does not have', async () => {
    const hub = await startTestHub();
    const { asked } = await trainer(hub, 'a', () => ({ ok: true, sentence: 'Done.' }));
    const stranger = await connected(viewerSocket(hub));
    expect(await stranger.emitWithAck('ask', { run: 'run', request: CAPTURE })).toEqual({
      ok: false,
      error: 'Only the page of this hub may change runs: open it, and try again there.',
    });
    const foreign = viewerSocket(hub, {
      extraHeaders: { cookie: await cookieOf(hub), origin: 'http://evil.example' },
    });
    await expect(connected(foreign)).rejects.toThrow();
    expect(asked).toEqual([]);
  });

  it('is refused by a hub that is read-only', async () => {
    const hub = await startTestHub({ readOnly: true });
    const { asked } = await trainer(hub, 'a', () => ({ ok: true, sentence: 'Done.' }));
    const viewer = await controller(hub);
    expect(await viewer.emitWithAck('ask', { run: 'run', request: CAPTURE })).toMatchObject({
      ok: false,
      error: expect.stringContaining('--read-only'),
    });
    expect(asked).toEqual([]);
  });

  it.each([
    [{ ask: 'settings', change: { every: -1 } }, 'change.every'],
    [{ ask: 'settings', change: { at: '5-1' } }, 'change.at'],
    [{ ask: 'settings', change: { budget: 0 } }, 'change.budget'],
    [{ ask: 'settings', change: { layers: [] } }, 'change.layers'],
    [{ ask: 'probes', probes: [] }, 'probes'],
    [{ ask: 'probes', probes: Array.from({ length: 9 }, () => ({ index: 1 })) }, 'probes'],
    [{ ask: 'probes', probes: [{ name: 'x', pixels: new Uint8Array(481 * 1024) }] }, 'probes'],
    [{ ask: 'occlusion', probe: 8, patch: 4, stride: 4 }, 'probe'],
    [{ ask: 'occlusion', probe: 0, patch: 0, stride: 4 }, 'patch'],
    [{ ask: 'occlusion', probe: 0, patch: 4, stride: 0.5 }, 'stride'],
    [{ ask: 'saliency', probe: 0, class: -1 }, 'class'],
    [{ ask: 'exit' }, 'request'],
  ])('is refused when it is not as the protocol says: %#', async (request, place) => {
    const hub = await startTestHub();
    const { asked } = await trainer(hub, 'a', () => ({ ok: true, sentence: 'Done.' }));
    const viewer = await controller(hub);
    const answer = await viewer.emitWithAck('ask', { run: 'run', request: request as ControlRequest });
    expect(answer).toMatchObject({ ok: false, error: expect.stringContaining(place) });
    expect(asked).toEqual([]);
  });

  it('is answered when the process ends meanwhile', async () => {
    const hub = await startTestHub();
    const { socket, asked } = await trainer(hub, 'a', () => undefined);
    const viewer = await controller(hub);
    const answer = viewer.emitWithAck('ask', { run: 'run', request: CAPTURE });
    await waitFor(() => expect(asked).toHaveLength(1));
    socket.disconnect();
    expect(await answer).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^The process ended before it answered\. .*not connected to this hub\.$/),
    });
  });

  it('is answered with a sentence when there is no process, and followers get it', async () => {
    const hub = await startTestHub();
    const { write, file, close } = await trainer(hub, 'a', () => undefined);
    const viewer = await controller(hub);
    const reports = await follow(viewer, 'run');
    await write(file, runHead(uid('a')).length, runEnd(3, 'completed'));
    await close(file);
    const ended = 'This run has ended (completed), so there is no process to ask.';
    await waitFor(() => expect(reports.at(-1)).toEqual({ run: 'run', reason: ended }));
    expect(await viewer.emitWithAck('ask', { run: 'run', request: CAPTURE })).toEqual({
      ok: false,
      error: ended,
    });
    expect(await viewer.emitWithAck('ask', { run: 'none', request: CAPTURE })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^There is no such run/),
    });
  });

  it('says of a log of another program that it takes no requests', async () => {
    const logdir = join(await temporaryFolder(), 'runs');
    await mkdir(join(logdir, 'torch'), { recursive: true });
    await writeFile(join(logdir, 'torch', TORCH_FILE), oracleBytes(`torch-scalars/${TORCH_FILE}`));
    const hub = await startTestHub({ logdir });
    const viewer = await controller(hub);
    const reports = await follow(viewer, 'torch');
    const reason = expect.stringContaining('written by another program');
    await waitFor(() => expect(reports.at(-1)).toEqual({ run: 'torch', reason }));
    expect(await viewer.emitWithAck('ask', { run: 'torch', request: CAPTURE })).toEqual({
      ok: false,
      error: reason,
    });
  });

  it('does not say of a log that holds nothing yet that another program writes it', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    const head = runHead(uid('a'));
    const fileVersion = head.subarray(0, encodeFrame(encodeFileVersion(1_700_000_000)).length);
    const file = { runUid: uid('a'), file: FILE };
    await sender.open({ ...file, run: 'run' });
    await sender.write(file, 0, fileVersion);
    const viewer = await controller(hub);
    const reports = await follow(viewer, 'run');
    await waitFor(() =>
      expect(reports.at(-1)).toEqual({ run: 'run', reason: expect.stringContaining('holds nothing yet') }),
    );
    await sender.write(file, fileVersion.length, head.subarray(fileVersion.length));
    await waitFor(() =>
      expect(reports.at(-1)).toEqual({ run: 'run', reason: expect.stringContaining('is not connected') }),
    );
  });

  it('goes through the writer of a run', async () => {
    const hub = await startTestHub();
    const cache = await temporaryFolder();
    const writer = createRunWriter({
      name: 'run',
      hub: { url: `${hub.url}/`, token: TOKEN },
      cacheDirectory: cache,
      logdir: hub.root,
    });
    try {
      writer.viewers.announce(stateAt(7));
      const viewer = await controller(hub);
      const reports = await follow(viewer, 'run');
      await waitFor(() => expect(reports.at(-1)).toEqual({ run: 'run', state: stateAt(7) }));
      const answer = viewer.emitWithAck('ask', { run: 'run', request: CAPTURE });
      await writer.viewers.arrived(new AbortController().signal);
      const request = writer.viewers.take();
      expect(request).toMatchObject({ by: '127.0.0.1 (Firefox)', request: CAPTURE });
      request?.answer({ ok: true, sentence: 'Captured.' });
      expect(await answer).toEqual({ ok: true, sentence: 'Captured.' });
      writer.viewers.end('Training has ended.');
      expect(await viewer.emitWithAck('ask', { run: 'run', request: CAPTURE })).toEqual({
        ok: false,
        error: 'Training has ended.',
      });
    } finally {
      await writer.close();
    }
  });
});
