import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { decodeChannels } from '@convscope/shared/channels/channels-record.js';
import { decodePng } from '@convscope/shared/channels/png.js';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadBackend } from '../tfjs/backend.js';
import type { Tensor4D, Tf } from '../tfjs/tf.js';
import { createSummaryWriter } from './summary-writer.js';
import { asKind, inflate, readLog } from './testing/read-log.js';

let tf: Tf;
let directory: string;

beforeAll(async () => {
  ({ tf } = await loadBackend({ wanted: 'wasm', threads: 1 }));
});
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'summary-writer-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('createSummaryWriter', () => {
  it('writes scalars, pictures, channels and tensors that the reader returns unchanged', () => {
    const writer = createSummaryWriter(path.join(directory, 'new', 'run'));
    const batch = tf.tensor([0, 0.5, 1, 2], [2, 1, 1, 2]) as Tensor4D;
    writer.addScalar('loss', 0.1, 3);
    writer.addImages('pictures', batch, 4);
    writer.addChannels('conv', 'output', tf.tensor([-1, 1, 0, 5], [1, 2, 1, 2]) as Tensor4D, 5);
    writer.addTensor('weights', batch, 6);
    writer.close();
    batch.dispose();
    const [scalar, image, channels, tensor] = readLog(writer.file);
    expect(scalar).toMatchObject({ kind: 'scalar', tag: 'loss', step: 3, value: Math.fround(0.1) });
    expect([...decodePng(asKind(image, 'image').images[0]!, inflate).pixels]).toEqual([
      0, 0, 0, 127, 127, 127, 255, 255, 255, 255, 255, 255,
    ]);
    expect(channels).toMatchObject({ tag: 'conv/output', channels: 2, height: 1, width: 2, probes: [0] });
    expect([...decodeChannels(asKind(channels, 'channels'), 0, inflate).values()]).toEqual([-1, 1, 0, 5]);
    expect(tensor).toMatchObject({
      kind: 'tensor',
      shape: [2, 1, 1, 2],
      plugin: 'tensor',
      values: Float32Array.of(0, 0.5, 1, 2),
    });
  });

  it('opens a new file each time', () => {
    const [one, two] = [createSummaryWriter(directory), createSummaryWriter(directory)];
    expect(one.file).not.toBe(two.file);
    one.close();
    two.close();
  });
});
