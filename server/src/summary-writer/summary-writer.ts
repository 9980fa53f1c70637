/** Like torch's SummaryWriter, lets any program write a log that TensorBoard and convscope can open. */
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodePng } from '@convscope/shared/channels/png.js';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { ChannelRole, RunRecord } from '@convscope/shared/run-record.js';
import { newEventFileName } from '../machine/event-file-name.js';
import { makeFolderSync } from '../machine/make-folder.js';
import type { Tensor, Tensor4D } from '../tfjs/tf.js';
import { torchImage } from './torch-image.js';

export interface SummaryWriter {
  /** Path of the event file. */
  readonly file: string;
  addScalar(tag: string, value: number, step: number): void;
  /** Logs a batch [N, C, H, W] of pictures in 0..1 as one picture; C is 1 or 3. Same pixels as torch's `add_images`. */
  addImages(tag: string, batch: Tensor4D, step: number): void;
  /**
   * Logs feature maps [N, C, H, W] with any number of channels, one tile per channel. TensorBoard shows the tiles as a
   * picture, convscope as channels with their values.
   */
  addChannels(layer: string, role: ChannelRole, maps: Tensor4D, step: number): void;
  /** Logs all values of a float32 tensor, like torch's `add_tensor`. */
  addTensor(tag: string, tensor: Tensor, step: number): void;
  close(): void;
}

/**
 * Opens a new event file in `directory`, which becomes a run, and creates the directory if it is missing. Every call
 * writes immediately, so that a reader that follows the file sees each record at once.
 */
export function createSummaryWriter(directory: string): SummaryWriter {
  makeFolderSync(directory);
  const file = path.join(directory, newEventFileName());
  const descriptor = openSync(file, 'wx');
  const write = (event: Uint8Array) => {
    const frame = encodeFrame(event);
    for (let at = 0; at < frame.length; ) at += writeSync(descriptor, frame, at);
  };
  const now = () => Date.now() / 1000;
  const add = (record: RunRecord) => write(encodeEvent(record));
  write(encodeFileVersion(now()));
  return {
    file,
    addScalar(tag, value, step) {
      add({ kind: 'scalar', tag, step, wallTime: now(), value: Math.fround(value) });
    },
    addImages(tag, batch, step) {
      const values = batch.dataSync();
      const uint8 = values instanceof Uint8Array;
      const { width, height, channels, pixels } = torchImage(values, batch.shape, 'NCHW', { uint8 });
      const png = encodePng(pixels, width, height, channels, deflate, 'paeth');
      add({ kind: 'image', tag, step, wallTime: now(), width, height, images: [png] });
    },
    addChannels(layer, role, maps, step) {
      const [pictures, channels, height, width] = maps.shape;
      const shape = { pictures, channels, height, width };
      const values = maps.dataSync() as Float32Array;
      const probes = Array.from({ length: pictures }, (_, picture) => picture);
      const tag = `${layer}/${role}`;
      add(
        encodeChannels(
          { tag, layer, role, step, wallTime: now(), values, shape, layout: 'NCHW', probes },
          deflate,
        ),
      );
    },
    addTensor(tag, tensor, step) {
      const values = tensor.dataSync() as Float32Array;
      add(createTensorRecord({ tag, step, wallTime: now(), dtype: 'float32', shape: tensor.shape, values }));
    },
    close() {
      closeSync(descriptor);
    },
  };
}

/** Level 1, because higher levels take twice the time and gain only a few per cent on noisy pictures. */
function deflate(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 1 });
}
