/** The classic example to work through by hand: a 5×5 input and a 3×3 kernel. */

import { loadBackend } from 'convscope/backend';
import { conv2d } from 'convscope/conv2d';

const INPUT = [
  [1, 2, 0, 3, 1],
  [0, 1, 2, 3, 1],
  [1, 2, 1, 0, 0],
  [5, 2, 3, 1, 1],
  [2, 1, 0, 1, 1],
];
const KERNEL = [
  [1, 2, 1],
  [0, 1, 0],
  [2, 1, 0],
];

export async function run(write: (line: string) => void): Promise<void> {
  const { tf } = await loadBackend();
  tf.tidy(() => {
    const input = tf.tensor([[INPUT]]); // [1, 1, 5, 5]
    const weight = tf.tensor([[KERNEL]]); // [1, 1, 3, 3]
    for (const options of [{ stride: 1 }, { stride: 2 }, { stride: 1, padding: 1 }]) {
      const output = conv2d(tf, input, weight, undefined, options);
      const [[matrix]] = output.arraySync() as number[][][][] as [[number[][]]];
      write(
        Object.entries(options)
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
      );
      for (const row of matrix) write(row.map((value) => String(value).padStart(4)).join(''));
    }
  });
}
