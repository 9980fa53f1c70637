/** The outputs of norms. */
import type { LayerOf } from '../run-description.js';
import { normFactors } from './batch-norm.js';
import { channelFactors, channelsPerGroup, momentsOf, normalised } from './group-norm.js';
import { each, emptyMaps, isExact, type LayerParameters, type Maps } from './maps.js';

export function normed(
  layer: LayerOf<'batchNorm2d'>,
  input: Maps,
  parameters: LayerParameters,
): Maps | undefined {
  const factors = Array.from({ length: input.shape[0] }, (_, channel) => {
    const found = normFactors(layer, parameters, channel);
    return found && { ...found, root: Math.sqrt(found.variance + layer.eps) };
  });
  if (!factors.every((one) => one !== undefined)) return undefined;
  return each(input, ({ value, lo, hi }, channel) => {
    const { mean, root, weight, bias } = factors[channel]!;
    const at = (x: number) => ((x - mean) / root) * weight + bias;
    return { value: at(value), lo: at(weight < 0 ? hi : lo), hi: at(weight < 0 ? lo : hi) };
  });
}

export function groupNormed(
  layer: LayerOf<'groupNorm'>,
  input: Maps,
  parameters: LayerParameters,
): Maps | undefined {
  const [channels, height, width] = input.shape;
  const perGroup = channelsPerGroup(layer, channels);
  const factors = Array.from({ length: channels }, (_, channel) =>
    channelFactors(layer, parameters, channel),
  );
  if (perGroup === undefined || !factors.every((one) => one !== undefined)) return undefined;
  const size = perGroup * height * width;
  const moments = Array.from({ length: layer.groups }, (_, group) => {
    const [from, to] = [group * size, (group + 1) * size];
    const values = input.values.subarray(from, to);
    return isExact(input)
      ? momentsOf(values, values, values)
      : momentsOf(values, input.lo.subarray(from, to), input.hi.subarray(from, to));
  });
  return each(input, (reading, channel) =>
    normalised(reading, moments[Math.floor(channel / perGroup)]!, layer.eps, factors[channel]!),
  );
}

export function layerNormed(
  layer: LayerOf<'layerNorm'>,
  input: Maps,
  parameters: LayerParameters,
): Maps | undefined {
  const [channels, height, width] = input.shape;
  if (channels !== layer.outputShape[0]) return undefined;
  const factors = Array.from({ length: channels }, (_, channel) =>
    channelFactors(layer, parameters, channel),
  );
  if (!factors.every((one) => one !== undefined)) return undefined;
  const size = height * width;
  const result = emptyMaps(input.shape, isExact(input));
  const values = new Float64Array(channels);
  const [lo, hi] = isExact(input)
    ? [values, values]
    : [new Float64Array(channels), new Float64Array(channels)];
  for (let pixel = 0; pixel < size; pixel++) {
    for (let channel = 0, place = pixel; channel < channels; channel++, place += size) {
      lo[channel] = input.lo[place]!;
      hi[channel] = input.hi[place]!;
      values[channel] = input.values[place]!;
    }
    const moments = momentsOf(values, lo, hi);
    for (let channel = 0, place = pixel; channel < channels; channel++, place += size) {
      const own = { value: values[channel]!, lo: lo[channel]!, hi: hi[channel]! };
      const normal = normalised(own, moments, layer.eps, factors[channel]!);
      result.lo[place] = normal.lo;
      result.hi[place] = normal.hi;
      result.values[place] = normal.value;
    }
  }
  return result;
}

/** Over the whole picture, with parameters for each place. */
export function pictureNormed(
  layer: LayerOf<'layerNorm'>,
  input: Maps,
  parameters: LayerParameters,
): Maps | undefined {
  const { values, lo, hi } = input;
  const factors = Array.from(values, (_, place) => channelFactors(layer, parameters, place));
  if (input.shape.join() !== layer.outputShape.join() || !factors.every((one) => one !== undefined))
    return undefined;
  const moments = momentsOf(values, lo, hi);
  return each(input, (reading, _, place) => normalised(reading, moments, layer.eps, factors[place]!));
}
