import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { layerShapes, type Model, type ParameterShape } from './models.js';
import type { Network } from './network.js';

export const WEIGHTS_FILE = 'weights.safetensors';

/**
 * Converts a parameter to PyTorch's layout: convolutions [out, in, kH, kW]; dense layers [out, in], with flattened maps in
 * the order of nn.Flatten, [channel, y, x]. `values` has the layout in memory: HWIO, or [in, out] over [y, x, channel].
 */
export function toPyTorchLayout(
  model: Model,
  parameter: ParameterShape,
  values: Float32Array,
): { shape: readonly number[]; values: Float32Array } {
  const { shape } = parameter;
  if (shape.length === 4) {
    const [height, width, inputs, outputs] = shape as [number, number, number, number];
    return {
      shape: [outputs, inputs, height, width],
      values: hwioToOihw(values, height, width, inputs, outputs),
    };
  }
  if (shape.length === 1) return { shape, values };
  const [features, units] = shape as [number, number];
  const layer = model.layers.find(({ name }) => name === parameter.layer)!;
  const [channels, height, width] = layerShapes(model).get(layer.from)!;
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        const from = ((y * width + x) * channels + c) * units;
        const to = (c * height + y) * width + x;
        for (let unit = 0; unit < units; unit++) out[unit * features + to] = values[from + unit]!;
      }
    }
  }
  return { shape: [units, features], values: out };
}

/** [kH, kW, in, out] → [out, in, kH, kW]. */
export function hwioToOihw(
  values: Float32Array,
  height: number,
  width: number,
  inputs: number,
  outputs: number,
): Float32Array {
  const out = new Float32Array(values.length);
  const taps = height * width;
  let from = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) out[(o * inputs + i) * taps + tap] = values[from++]!;
    }
  }
  return out;
}

/**
 * Writes all parameters as a safetensors file (huggingface/safetensors: u64 header length, JSON header, raw
 * little-endian float32), which `safetensors.torch.load_file` opens. Writes a temporary file first, then renames it.
 */
export async function saveWeights(
  network: Network,
  directory: string,
  metadata: Readonly<Record<string, string>>,
): Promise<string> {
  const tensors = await Promise.all(
    network.parameters.map(async (parameter) => ({
      name: parameter.name,
      ...toPyTorchLayout(network.model, parameter, (await parameter.variable.data()) as Float32Array),
    })),
  );
  const file = join(directory, WEIGHTS_FILE);
  const partial = `${file}.partial-${process.pid}`;
  await mkdir(directory, { recursive: true });
  try {
    const handle = await open(partial, 'w');
    try {
      await handle.writeFile(encodeSafetensors(tensors, metadata));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return file;
}

export function encodeSafetensors(
  tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values: Float32Array;
  }[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let bytes = 0;
  for (const { name, shape, values } of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [bytes, bytes + values.byteLength] };
    bytes += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  // The header is padded with spaces so that the data is aligned to 8 bytes.
  const padded = 8 * Math.ceil(json.length / 8);
  const out = Buffer.alloc(8 + padded + bytes, ' ');
  out.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(out, 8);
  let at = 8 + padded;
  for (const { values } of tensors) {
    for (const value of values) at = out.writeFloatLE(value, at);
  }
  return out;
}
