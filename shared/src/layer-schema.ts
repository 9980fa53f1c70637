/** The schemas of layers as this and earlier versions wrote them, with the bounds of what one layer may say. */
import { ACTIVATION_KINDS } from './run-description.js';
import { z } from './zod.js';

/** The longest name of a layer: a tag holds it and a role, and has at most 4 kB. */
const NAME_CHARACTERS = 1000;
/** What one layer reads. A dense block of a DenseNet concatenates some 50 layers. */
const INPUTS = 1000;
/** The largest side, kernel or number of channels. */
const LARGEST_SIZE = 2 ** 31 - 1;
/** The largest height or width of a map. What is worked out of a net walks along them. */
const LARGEST_SIDE = 2 ** 20;

const size = z.int().check(z.nonnegative(), z.maximum(LARGEST_SIZE));
const positive = z.int().check(z.positive(), z.maximum(LARGEST_SIZE));
const side = z.int().check(z.minimum(-LARGEST_SIZE), z.maximum(LARGEST_SIZE));
const pair = z.tuple([size, size]);
const positivePair = z.tuple([positive, positive]);
const mapSide = z.int().check(z.nonnegative(), z.maximum(LARGEST_SIDE));
export const mapShape = z.tuple([size, mapSide, mapSide]);
const layerName = z.string().check(z.maxLength(NAME_CHARACTERS));
const inputs = z.exactOptional(z.array(layerName).check(z.maxLength(INPUTS)));
const activation = z._default(z.enum(['relu', 'none']), 'none');

const zeros = z._default(pair, [0, 0]);
const ones = z._default(positivePair, [1, 1]);
const no = z._default(z.boolean(), false);
const yes = z._default(z.boolean(), true);

/**
 * A list that is checked up to its first wrong item. One layer of a few bytes has a dozen problems, and a list of all of
 * them would not fit into the arguments of a call.
 */
export function listOf<T>(item: z.ZodMiniType<T>): z.ZodMiniType<T[]> {
  return z.pipe(
    z.array(z.unknown()),
    z.transform((values, context) => {
      const items: T[] = [];
      for (const [at, value] of values.entries()) {
        const read = item.safeParse(value);
        if (!read.success) {
          const { message = 'Invalid input', path = [] } = read.error.issues[0] ?? {};
          context.issues.push({ code: 'custom', message, input: value, path: [at, ...path] });
          return z.NEVER;
        }
        items.push(read.data);
      }
      return items;
    }),
  );
}

const mapOperation = z.discriminatedUnion('op', [
  z.object({ op: z.literal('relu') }),
  z.object({ op: z.literal('maxPool2d'), kernel: positivePair, stride: positivePair }),
]);

const mapSource = z.discriminatedUnion('from', [
  z.object({ from: z.literal('probes') }),
  z.object({ from: z.literal('record'), tag: z.string(), operations: z.array(mapOperation) }),
]);

const base = { name: layerName, inputs, outputShape: mapShape };
/** Earlier versions left out the shape where it follows from the rest. */
const olderBase = { name: layerName, inputs, outputShape: z.exactOptional(mapShape) };
const window = { kernel: positivePair, stride: positivePair, padding: zeros };
const poolWindow = { ...window, paddingEnd: z.exactOptional(pair), ceilMode: no };

export const writtenLayer = z.discriminatedUnion('type', [
  z.object({
    ...base,
    ...window,
    type: z.literal('conv2d'),
    inChannels: size,
    outChannels: size,
    stride: ones,
    dilation: ones,
    groups: z._default(positive, 1),
    paddingMode: z._default(z.enum(['zeros', 'reflect', 'replicate', 'circular']), 'zeros'),
    bias: yes,
    activation,
    inputShape: mapShape,
    input: z.exactOptional(mapSource),
  }),
  z.object({
    ...base,
    ...window,
    type: z.literal('convTranspose2d'),
    inChannels: size,
    outChannels: size,
    stride: ones,
    outputPadding: zeros,
    dilation: ones,
    groups: z._default(positive, 1),
    bias: yes,
    activation,
  }),
  z.object({ ...base, ...poolWindow, type: z.literal('maxPool2d'), dilation: ones }),
  z.object({ ...base, ...poolWindow, type: z.literal('avgPool2d'), countIncludePad: yes }),
  z.object({ ...base, type: z.literal('adaptiveAvgPool2d') }),
  z.object({ ...base, type: z.literal('adaptiveMaxPool2d') }),
  /** Of earlier versions: adaptiveAvgPool2d to one pixel. */
  z.object({ ...olderBase, type: z.literal('globalAveragePool'), inputShape: mapShape }),
  z.object({
    ...base,
    type: z.literal('batchNorm2d'),
    eps: z._default(z.number().check(z.nonnegative()), 1e-5),
    affine: yes,
  }),
  z.object({
    ...base,
    type: z.literal('groupNorm'),
    groups: positive,
    eps: z._default(z.number().check(z.nonnegative()), 1e-5),
    affine: yes,
  }),
  z.object({
    ...base,
    type: z.literal('layerNorm'),
    over: z.exactOptional(z.enum(['pixel', 'picture'])),
    eps: z._default(z.number().check(z.nonnegative()), 1e-5),
    affine: yes,
  }),
  z.object({
    ...base,
    type: z.literal('activation'),
    kind: z.enum(ACTIVATION_KINDS),
    negativeSlope: z.exactOptional(z.number()),
    alpha: z.exactOptional(z.number()),
    min: z.exactOptional(z.number()),
    max: z.exactOptional(z.number()),
  }),
  z.object({ ...base, type: z.literal('prelu') }),
  z.object({ ...base, type: z.literal('softmax') }),
  z.object({ ...base, type: z.literal('logSoftmax') }),
  z.object({
    ...base,
    type: z.literal('add'),
    factors: z.exactOptional(z.array(z.number()).check(z.maxLength(INPUTS))),
    activation,
  }),
  z.object({ ...base, type: z.literal('multiply') }),
  z.object({ ...base, type: z.literal('divide') }),
  z.object({ ...base, type: z.literal('maximum') }),
  z.object({ ...base, type: z.literal('minimum') }),
  z.object({
    ...base,
    type: z.literal('scale'),
    factor: z._default(z.number(), 1),
    offset: z._default(z.number(), 0),
  }),
  z.object({
    ...base,
    type: z.literal('reduce'),
    of: z.enum(['sum', 'mean', 'max', 'norm']),
    over: z.enum(['channels', 'pixels']),
  }),
  z.object({
    ...base,
    type: z.literal('pad'),
    sides: z.tuple([side, side, side, side]),
    mode: z._default(z.enum(['zeros', 'reflect', 'replicate', 'circular']), 'zeros'),
    value: z.exactOptional(z.number()),
  }),
  z.object({ ...base, type: z.literal('slice'), first: z._default(size, 0) }),
  z.object({ ...base, type: z.literal('pixelShuffle'), factor: positive }),
  z.object({ ...base, type: z.literal('pixelUnshuffle'), factor: positive }),
  z.object({ ...base, type: z.literal('channelShuffle'), groups: positive }),
  z.object({
    ...base,
    type: z.literal('upsample'),
    mode: z._default(z.enum(['nearest', 'bilinear']), 'nearest'),
    alignCorners: no,
  }),
  z.object({ ...base, type: z.literal('concat') }),
  z.object({ ...base, type: z.literal('flatten') }),
  z.object({
    ...olderBase,
    type: z.literal('dense'),
    inFeatures: size,
    outFeatures: size,
    bias: yes,
    activation,
  }),
  z.object({ ...base, type: z.literal('dropout') }),
  z.object({ ...base, type: z.literal('other'), kind: z.exactOptional(layerName) }),
]);

/** A layer as any version wrote it. */
export type WrittenLayer = z.infer<typeof writtenLayer>;
