import { describe, expect, it } from 'vitest';
import { modelNamed, parameterShapes } from './models.js';
import { encodeSafetensors, hwioToOihw, toPyTorchLayout } from './weights-file.js';

describe('saved weights', () => {
  it('turn convolutions from [kH, kW, in, out] to [out, in, kH, kW]', () => {
    const values = Float32Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => i);
    const out = hwioToOihw(values, 2, 3, 4, 5);
    const hwio = (h: number, w: number, i: number, o: number) => ((h * 3 + w) * 4 + i) * 5 + o;
    for (const [o, i, h, w] of [
      [0, 0, 0, 0],
      [4, 3, 1, 2],
      [2, 1, 0, 2],
      [3, 0, 1, 1],
    ] as const) {
      expect(out[((o * 4 + i) * 2 + h) * 3 + w]).toBe(hwio(h, w, i, o));
    }
  });

  it('give dense layers the order of nn.Flatten, [out, channel · y · x]', () => {
    const model = modelNamed('convnet');
    const fc = parameterShapes(model).find(({ name }) => name === 'fc.weight')!;
    // pool3 gives 64 channels of 4 × 4; in memory the features run over [y, x, channel].
    const values = Float32Array.from({ length: 1024 * 10 }, (_, i) => i);
    const { shape, values: out } = toPyTorchLayout(model, fc, values);
    expect(shape).toEqual([10, 1024]);
    for (const [unit, channel, y, x] of [
      [0, 0, 0, 0],
      [9, 63, 3, 3],
      [4, 17, 2, 1],
    ] as const) {
      expect(out[unit * 1024 + (channel * 4 + y) * 4 + x]).toBe(((y * 4 + x) * 64 + channel) * 10 + unit);
    }
  });

  it('are a safetensors file: aligned header, offsets from its end, little-endian float32', () => {
    const bytes = encodeSafetensors(
      [
        { name: 'a', shape: [2], values: Float32Array.of(1, -2) },
        { name: 'b', shape: [1, 1], values: Float32Array.of(0.5) },
      ],
      { format: 'pt' },
    );
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = Number(view.getBigUint64(0, true));
    expect((8 + length) % 8).toBe(0);
    expect(JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8'))).toEqual({
      __metadata__: { format: 'pt' },
      a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      b: { dtype: 'F32', shape: [1, 1], data_offsets: [8, 12] },
    });
    expect([0, 4, 8].map((at) => view.getFloat32(8 + length + at, true))).toEqual([1, -2, 0.5]);
    expect(bytes.length).toBe(8 + length + 12);
  });
});
