import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ImageFormat, torchImage } from './torch-image.js';

interface Case {
  name: string;
  dataformats: ImageFormat;
  dtype: string;
  tensor: { shape: number[]; data: number[] };
  width: number;
  height: number;
  colorspace: number;
  pixels_hwc: number[];
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('./fixtures/images.json', import.meta.url), 'utf8'),
);

// What torch.utils.tensorboard of PyTorch 2.2.2 made of these tensors.
describe('torchImage', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    "makes torch's picture, pixel by pixel: %s",
    (_, one) => {
      const picture = torchImage(one.tensor.data, one.tensor.shape, one.dataformats, {
        uint8: one.dtype === 'uint8',
      });
      const { width, height, channels } = picture;
      expect([width, height, channels]).toEqual([one.width, one.height, one.colorspace]);
      expect([...picture.pixels]).toEqual(one.pixels_hwc);
    },
  );

  it('refuses a shape that does not match the format, and feature maps', () => {
    expect(() => torchImage([1, 2], [2], 'HW')).toThrow('format HW cannot have the shape [2] and 2 values');
    expect(() => torchImage(new Float32Array(6), [1, 6, 1, 1], 'NCHW')).toThrow(
      'has 6. Log feature maps as channels',
    );
  });
});
