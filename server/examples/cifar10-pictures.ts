/**
 * Runs an untrained Conv2d(3, 6, 3) over the CIFAR-10 test set in batches of 64 and logs its input and output at every
 * step. TensorBoard shows the six output channels as two pictures of three channels each, since a picture cannot have
 * more; convscope shows them as six channels. nn_conv2d.py is the same program in PyTorch.
 */
import path from 'node:path';
import type { Tensor4D } from '@tensorflow/tfjs';
import { loadBackend } from 'convscope/backend';
import { conv2dLayer } from 'convscope/conv2d-layer';
import { loadData } from 'convscope/data';
import { createSummaryWriter } from 'convscope/summary-writer';

export interface PicturesOptions {
  /** The folder of the runs; the log is written to nn_conv2d in it. */
  readonly logdir?: string;
  /** A folder with CIFAR-10's binary files. By default they are downloaded once to the user's cache. */
  readonly data?: string;
  readonly signal?: AbortSignal;
}

const BATCH = 64;
/** Number of pictures per batch that are logged channel by channel. */
const SHOWN = 8;

export async function run(write: (line: string) => void, options: PicturesOptions = {}): Promise<void> {
  const { logdir = 'runs', data, signal = new AbortController().signal } = options;
  const { tf } = await loadBackend();
  const { test } = await loadData({ data, seed: 0, signal, onProgress: () => {} });
  const conv1 = conv2dLayer(tf, { inChannels: 3, outChannels: 6, kernelSize: 3, seed: 1 });
  const writer = createSummaryWriter(path.join(logdir, 'nn_conv2d'));
  let step = 0;
  for (let first = 0; first < test.planes.length && !signal.aborted; first += BATCH) {
    const batch = test.planes.slice(first, first + BATCH);
    tf.tidy(() => {
      const bytes = new Uint8Array(batch.length * 3 * test.side ** 2);
      for (const [picture, planes] of batch.entries()) bytes.set(planes, picture * planes.length);
      const input = tf.div(tf.tensor(bytes, [batch.length, 3, test.side, test.side]), 255) as Tensor4D;
      const nhwc = conv1.apply(tf.transpose(input, [0, 2, 3, 1])) as Tensor4D; // [64, 30, 30, 6]
      const output = tf.transpose(nhwc, [0, 3, 1, 2]) as Tensor4D; // [64, 6, 30, 30]
      const [, , height, width] = output.shape;
      if (step === 0) {
        write(`input ${input.shape.join('×')}, output ${output.shape.join('×')}`);
        const { weight, bias } = conv1.pytorchWeights();
        writer.addTensor('conv1/weight', weight, 0); // [6, 3, 3, 3]
        writer.addTensor('conv1/bias', bias!, 0);
      }
      writer.addImages('nn_conv2d_input', input, step);
      writer.addImages('nn_conv2d_output', tf.reshape(output, [-1, 3, height, width]) as Tensor4D, step);
      writer.addChannels('conv1', 'output', tf.slice(output, 0, Math.min(SHOWN, batch.length)), step);
    });
    step += 1;
  }
  writer.close();
  conv1.dispose();
  write(`${step} steps logged to ${path.dirname(writer.file)}`);
  write(`view them with: convscope serve --logdir ${logdir}`);
}
