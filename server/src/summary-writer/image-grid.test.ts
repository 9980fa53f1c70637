import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Batch, imageGrid } from './image-grid.js';

interface TorchCase {
  name: string;
  dataformats: string;
  dtype: string;
  tensor: { shape: number[]; data: number[] };
  width: number;
  height: number;
  pixels_hwc: number[];
}

// What torch.utils.tensorboard of PyTorch 2.2.2 made of batches.
const file = new URL('./fixtures/images.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: TorchCase[] };
const batches = cases.filter(({ dataformats }) => dataformats === 'NCHW');

describe('imageGrid', () => {
  it.each(batches.map((test) => [test.name, test] as const))("makes torch's pixels: %s", (_, test) => {
    const data =
      test.dtype === 'uint8'
        ? Uint8Array.from(test.tensor.data)
        : Float32Array.from(test.tensor.data, Number);
    const picture = imageGrid({ data, shape: test.tensor.shape as unknown as Batch['shape'] });
    expect([picture.width, picture.height]).toEqual([test.width, test.height]);
    expect([...picture.pixels]).toEqual(test.pixels_hwc);
  });

  it('refuses six channels, saying what to do', () => {
    expect(() => imageGrid({ data: new Float32Array(6), shape: [1, 6, 1, 1] })).toThrow('Reshape the batch');
  });
});
