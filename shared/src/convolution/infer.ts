/**
 * Finds the parameters of a convolution whose input, kernels and output are known: those that the shapes allow, checked
 * against the numbers. What reproduces the output is the right one.
 */
import type { MapShape, Pair } from '../run-description.js';
import { effectiveKernel } from './output-shape.js';
import { paddingSource } from './padding-source.js';
import { PADDING_MODES, type PaddingMode } from './parameters.js';
import type { InputMaps, Kernels } from './terms.js';

export interface InferredParameters {
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
  readonly paddingMode: PaddingMode;
  /** Whether the output is from after a ReLU. */
  readonly activation: 'relu' | 'none';
}

export type Inference =
  /** `pixels` of the output agree with these parameters and contradict all others that the shapes allow. */
  | { readonly kind: 'unique'; readonly parameters: InferredParameters; readonly pixels: number }
  /** The numbers do not tell them apart, such as those of maps that are 0 everywhere. */
  | { readonly kind: 'several'; readonly candidates: readonly InferredParameters[]; readonly pixels: number }
  | { readonly kind: 'none'; readonly reason: string };

export interface KnownConvolution {
  /** One picture. */
  readonly input: InputMaps;
  readonly weight: Kernels;
  readonly bias: Float32Array | Float64Array | undefined;
  /** Of the same picture. */
  readonly output: InputMaps;
}

/** Larger ones occur in no net that is known, and each makes the search longer. */
const LARGEST_STRIDE = 16;
const LARGEST_DILATION = 16;
/** How many output channels are checked, and how many more pixels of each beside its corners and edges. */
const CHANNELS = 6;
const STRONGEST = 4;
/** Products that one search computes: some 50 ms. */
const MOST_PRODUCTS = 2e7;
const MOST_CANDIDATES = 20;
/**
 * How far a sum may be from the log's, as a share of Σ|weight·input|: GPUs multiply in TF32, with 11 bits of each factor.
 * Another choice of parameters is off by far more in one of the pixels.
 */
const TOLERANCE = 2 ** -9;

interface Axis {
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

export function inferConvolution(known: KnownConvolution): Inference {
  const groups = groupsOf(known);
  if (typeof groups === 'string') return { kind: 'none', reason: groups };
  const { input, weight, output } = known;
  const rows = axisCandidates(input.shape[1], weight.shape[2], output.shape[1]);
  const columns = axisCandidates(input.shape[2], weight.shape[3], output.shape[2]);
  if (rows.length === 0 || columns.length === 0) {
    return {
      kind: 'none',
      reason: `No stride, padding and dilation makes ${sizeText(output.shape)} of ${sizeText(input.shape)} with kernels of ${weight.shape[2]}×${weight.shape[3]}.`,
    };
  }
  const pixels = pixelsOf(known);
  const pairs = rows.flatMap((row) => columns.map((column) => [row, column] as const));
  const isPositive = output.data.every((value) => !(value < 0));
  let isCutOff = false;
  for (const activation of isPositive ? (['none', 'relu'] as const) : (['none'] as const)) {
    for (const paddingMode of PADDING_MODES) {
      let left: InferredParameters[] = pairs
        .map(([row, column]) => parametersOf(row, column, groups, paddingMode, activation))
        .filter((one) => paddingMode === 'zeros' || isPaddable(one, input.shape));
      let products = 0;
      const perPixel = weight.shape[1] * weight.shape[2] * weight.shape[3];
      for (const pixel of pixels) {
        products += left.length * perPixel;
        if (products > MOST_PRODUCTS) {
          isCutOff = true;
          break;
        }
        left = left.filter((one) => agrees(known, one, pixel));
      }
      const [first] = left;
      if (first === undefined) continue;
      if (left.length === 1 && !isCutOff) return { kind: 'unique', parameters: first, pixels: pixels.length };
      return {
        kind: 'several',
        candidates: left.sort(byOddity).slice(0, MOST_CANDIDATES),
        pixels: pixels.length,
      };
    }
  }
  return { kind: 'none', reason: noneText(known) };
}

/** Whether these parameters give the shape and the values of the log, at the pixels that the inference checks. */
export function reproduces(known: KnownConvolution, parameters: InferredParameters): boolean {
  return pixelsOf(known).every((pixel) => agrees(known, parameters, pixel));
}

/** Whether these parameters give the output its shape. */
export function fitsShapes(
  { input, weight, output }: Pick<KnownConvolution, 'input' | 'weight' | 'output'>,
  { stride, padding, dilation, groups }: InferredParameters,
): boolean {
  const isAxis = (axis: 0 | 1) =>
    sizeAfter(
      input.shape[axis + 1]!,
      { stride: stride[axis], padding: padding[axis], dilation: dilation[axis] },
      weight.shape[axis + 2]!,
    ) === output.shape[axis + 1];
  return (
    input.shape[0] === weight.shape[1] * groups && weight.shape[0] % groups === 0 && isAxis(0) && isAxis(1)
  );
}

function sizeAfter(size: number, { stride, padding, dilation }: Axis, kernel: number): number {
  return Math.floor((size + 2 * padding - effectiveKernel(kernel, dilation)) / stride) + 1;
}

/** The groups, or why there are none. */
function groupsOf({ input, weight, output }: KnownConvolution): number | string {
  const [channels] = input.shape;
  const [outputs, perGroup] = weight.shape;
  if (outputs !== output.shape[0])
    return `The kernels make ${outputs} channels, and the output has ${output.shape[0]}.`;
  const groups = channels / perGroup;
  if (!Number.isInteger(groups) || groups < 1 || outputs % groups !== 0)
    return `The kernels read ${perGroup} channels each, and the input has ${channels}.`;
  return groups;
}

/** What gives an axis of `size` pixels `outputs` of them. Choices that make no difference are left out. */
function axisCandidates(size: number, kernel: number, outputs: number): Axis[] {
  const found: Axis[] = [];
  const dilations = kernel === 1 ? 1 : LARGEST_DILATION;
  // One output is the same with every stride.
  const strides = outputs === 1 ? 1 : LARGEST_STRIDE;
  for (let dilation = 1; dilation <= dilations; dilation++) {
    // With more padding, the first window would read nothing else.
    const most = Math.max(1, effectiveKernel(kernel, dilation) - 1);
    for (let stride = 1; stride <= strides; stride++) {
      for (let padding = 0; padding <= most; padding++) {
        const made = sizeAfter(size, { stride, padding, dilation }, kernel);
        if (outputs === 1 ? made >= 1 : made === outputs) found.push({ stride, padding, dilation });
        if (outputs !== 1 && made > outputs) break;
      }
    }
  }
  return outputs === 1 ? found.map((one) => ({ ...one, stride: smallestStride(size, kernel, one) })) : found;
}

/** The smallest stride with which there is only one output. */
function smallestStride(size: number, kernel: number, { padding, dilation }: Axis): number {
  return Math.max(1, size + 2 * padding - effectiveKernel(kernel, dilation) + 1);
}

function parametersOf(
  row: Axis,
  column: Axis,
  groups: number,
  paddingMode: PaddingMode,
  activation: 'relu' | 'none',
): InferredParameters {
  return {
    stride: [row.stride, column.stride],
    padding: [row.padding, column.padding],
    dilation: [row.dilation, column.dilation],
    groups,
    paddingMode,
    activation,
  };
}

/** The most usual first: the same for both axes, then small numbers. */
function byOddity(a: InferredParameters, b: InferredParameters): number {
  const oddity = ({ stride, padding, dilation }: InferredParameters) =>
    [stride, padding, dilation].reduce((sum, [y, x]) => sum + (y === x ? 0 : 100) + y + x, 0);
  return oddity(a) - oddity(b);
}

/** Whether another mode than zeros differs from zeros, and can pad as much. */
function isPaddable({ padding, paddingMode }: InferredParameters, [, height, width]: MapShape): boolean {
  const [down, across] = padding;
  if (down === 0 && across === 0) return false;
  const room = paddingMode === 'reflect' ? 1 : 0;
  return paddingMode === 'replicate' || (down <= height - room && across <= width - room);
}

interface Pixel {
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

/** Pixels in which choices differ: corners and edges, the centre, and the strongest of some channels. */
function pixelsOf({ output }: KnownConvolution): Pixel[] {
  const [channels, height, width] = output.shape;
  const size = height * width;
  const pixels = new Map<string, Pixel>();
  const count = Math.min(CHANNELS, channels);
  for (let index = 0; index < count; index++) {
    const channel = Math.floor((index * channels) / count);
    const add = (y: number, x: number) => pixels.set(`${channel} ${y} ${x}`, { channel, y, x });
    const places = Array.from({ length: size }, (_, place) => place);
    const valueAt = (place: number) => Math.abs(output.data[channel * size + place]!) || 0;
    for (const place of strongest(places, valueAt)) add(Math.floor(place / width), place % width);
    const ys = [0, height - 1, Math.floor(height / 2), Math.min(1, height - 1)];
    const xs = [0, width - 1, Math.floor(width / 2), Math.min(1, width - 1)];
    for (const y of ys) for (const x of xs) add(y, x);
  }
  return [...pixels.values()];
}

function strongest(places: readonly number[], valueAt: (place: number) => number): number[] {
  const top: number[] = [];
  for (const place of places) {
    const at = top.findIndex((other) => valueAt(place) > valueAt(other));
    if (at >= 0) top.splice(at, 0, place);
    else if (top.length < STRONGEST) top.push(place);
    if (top.length > STRONGEST) top.pop();
  }
  return top;
}

function agrees(known: KnownConvolution, parameters: InferredParameters, { channel, y, x }: Pixel): boolean {
  const { input, weight, bias, output } = known;
  const { stride, padding, dilation, groups, paddingMode, activation } = parameters;
  const [, height, width] = input.shape;
  const [outputs, perGroup, kernelHeight, kernelWidth] = weight.shape;
  const first = Math.floor(channel / (outputs / groups)) * perGroup;
  let sum = bias?.[channel] ?? 0;
  let total = Math.abs(sum);
  for (let ky = 0; ky < kernelHeight; ky++) {
    const fromY = paddingSource(y * stride[0] - padding[0] + ky * dilation[0], height, paddingMode);
    if (fromY < 0) continue;
    for (let kx = 0; kx < kernelWidth; kx++) {
      const fromX = paddingSource(x * stride[1] - padding[1] + kx * dilation[1], width, paddingMode);
      if (fromX < 0) continue;
      for (let c = 0; c < perGroup; c++) {
        const tap = weight.data[((channel * perGroup + c) * kernelHeight + ky) * kernelWidth + kx]!;
        const product = tap * input.data[((first + c) * height + fromY) * width + fromX]!;
        sum += product;
        total += Math.abs(product);
      }
    }
  }
  const logged = output.data[(channel * output.shape[1] + y) * output.shape[2] + x]!;
  const value = activation === 'relu' && sum < 0 ? 0 : sum;
  // A sum that is not finite says nothing of the others.
  if (!Number.isFinite(value) || !Number.isFinite(logged))
    return !Number.isFinite(value) && !Number.isFinite(logged);
  return Math.abs(value - logged) <= TOLERANCE * total + Number.MIN_VALUE;
}

function sizeText([, height, width]: MapShape): string {
  return `${height}×${width}`;
}

function noneText({ bias }: KnownConvolution): string {
  const without = bias === undefined ? ' The log has no bias of this layer, which it may need.' : '';
  return `No convolution of the logged input with the logged kernels gives the logged output.${without}`;
}
