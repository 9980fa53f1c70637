import type { Tensor1D, Tf } from '../tfjs/tf.js';
import type { TopPicturesSearch } from './capture/top-pictures.js';
import { type BatchAssembler, pictureTensor } from './data/batches.js';
import type { PictureSet } from './data/training-data.js';
import { correctCount, crossEntropy } from './net/loss.js';
import { forward, type Network } from './net/network.js';

const BATCH = 250;

export interface Evaluation {
  readonly loss: number;
  readonly accuracy: number;
  /** [true class, predicted class] counts, row-major; if it was asked for. */
  readonly confusion: Float64Array;
  readonly milliseconds: number;
}

/**
 * Mean cross-entropy and accuracy over a whole set; with `search`, also the pictures that drive each channel highest. Works in
 * batches and yields to the event loop between them. Returns undefined when `signal` is aborted, since part of the set is not
 * an evaluation.
 */
export async function evaluate(
  tf: Tf,
  network: Network,
  set: PictureSet,
  assembler: BatchAssembler,
  classes: number,
  signal: AbortSignal | undefined,
  search?: TopPicturesSearch,
): Promise<Evaluation | undefined> {
  const started = performance.now();
  const confusion = new Float64Array(classes * classes);
  const total = set.labels.length;
  let loss = 0;
  let correct = 0;
  for (let first = 0; first < total; first += BATCH) {
    if (signal?.aborted) return undefined;
    const size = Math.min(BATCH, total - first);
    const labels = set.labels.subarray(first, first + size);
    const indices = Uint32Array.from({ length: size }, (_, i) => first + i);
    const result = tf.tidy(() => {
      const pictures = pictureTensor(tf, assembler, set, indices);
      const wanted = tf.tensor1d(Int32Array.from(labels), 'int32') as Tensor1D;
      const logits = forward(tf, network, pictures, search === undefined ? {} : { read: search.read });
      const predictions = tf.cast(tf.argMax(logits, 1), 'float32');
      return tf.concat([
        tf.reshape(crossEntropy(tf, logits, wanted), [1]),
        tf.reshape(correctCount(tf, logits, wanted), [1]),
        predictions,
      ]);
    });
    const values = await result.data();
    result.dispose();
    loss += values[0]! * size;
    correct += values[1]!;
    await search?.batchDone(first);
    for (let i = 0; i < size; i++) confusion[labels[i]! * classes + values[2 + i]!]!++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await search?.finish((pictures, read) =>
    tf.tidy(() => {
      forward(tf, network, pictureTensor(tf, assembler, set, pictures), { read });
    }),
  );
  return {
    loss: loss / total,
    accuracy: correct / total,
    confusion,
    milliseconds: performance.now() - started,
  };
}
