/**
 * The description of a run’s configuration and network, from which a viewer can draw it without the training code. It is one
 * file because it is one format, whose kinds of layers name each other.
 */

/** Flat, so that it can be shown as a table, filtered by, and written as TensorBoard's hparams. */
export type RunConfig = Readonly<Record<string, string | number | boolean>>;

export type Pair = readonly [height: number, width: number];
/** [channels, height, width] */
export type MapShape = readonly [channels: number, height: number, width: number];

/** One operation by which a viewer computes a map from another record of the same capture, exactly. */
export type MapOperation =
  | { readonly op: 'relu' }
  | { readonly op: 'maxPool2d'; readonly kernel: Pair; readonly stride: Pair };

/** Where to find a layer's input. */
export type MapSource =
  /** The normalised probe pictures, tag PROBE_INPUT_TAG: a float32 tensor [probe, channel, y, x]. */
  | { readonly from: 'probes' }
  /** The record `tag` of the same step, with `operations` applied in order. An empty list means unchanged. */
  | { readonly from: 'record'; readonly tag: string; readonly operations: readonly MapOperation[] };

/** The name by which layers read the net's input. No layer has it. */
export const NET_INPUT = 'input';

interface LayerBase {
  /** Unique in its net. May hold dots and slashes, such as `layer1.0.conv1`. */
  readonly name: string;
  /**
   * The layers whose output it reads, in the order of its arguments: names of earlier layers, or NET_INPUT. Empty if that
   * is not known.
   */
  readonly inputs: readonly string[];
  /** Of one picture. A vector of n values is [n, 1, 1]. */
  readonly outputShape: MapShape;
}

/** An activation that is part of a layer: the layer's output is what stands behind it. */
export type FusedActivation = 'relu' | 'none';

export interface Conv2dDescription extends LayerBase {
  readonly type: 'conv2d';
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
  readonly paddingMode: 'zeros' | 'reflect' | 'replicate' | 'circular';
  readonly bias: boolean;
  readonly activation: FusedActivation;
  readonly inputShape: MapShape;
  /** Where the log has its input, as the writer says it. */
  readonly input: MapSource;
}

/** Its weight is [in, out/groups, kH, kW], as PyTorch's ConvTranspose2d has it. */
export interface ConvTranspose2dDescription extends LayerBase {
  readonly type: 'convTranspose2d';
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly outputPadding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
  readonly bias: boolean;
  readonly activation: FusedActivation;
}

interface PoolWindow extends LayerBase {
  readonly kernel: Pair;
  readonly stride: Pair;
  /** Above and on the left; below and on the right as well, unless `paddingEnd` says otherwise. */
  readonly padding: Pair;
  /** Below and on the right, as TensorFlow's padding "same" has more there. */
  readonly paddingEnd?: Pair;
  readonly ceilMode: boolean;
}

export interface MaxPool2dDescription extends PoolWindow {
  readonly type: 'maxPool2d';
  readonly dilation: Pair;
}

export interface AvgPool2dDescription extends PoolWindow {
  readonly type: 'avgPool2d';
  readonly countIncludePad: boolean;
}

/** PyTorch's AdaptiveAvgPool2d and AdaptiveMaxPool2d. Their output size is that of `outputShape`. */
export interface AdaptivePool2dDescription extends LayerBase {
  readonly type: 'adaptiveAvgPool2d' | 'adaptiveMaxPool2d';
}

/** In evaluation: (x − running_mean) / √(running_var + eps), times weight and plus bias if it is affine. */
export interface BatchNorm2dDescription extends LayerBase {
  readonly type: 'batchNorm2d';
  readonly eps: number;
  readonly affine: boolean;
}

/**
 * (x − mean) / √(variance + eps) over the pixels of each group of channels of a picture, times weight and plus bias if it is
 * affine. Instance norm has as many groups as channels.
 */
export interface GroupNormDescription extends LayerBase {
  readonly type: 'groupNorm';
  readonly groups: number;
  readonly eps: number;
  readonly affine: boolean;
}

/**
 * The same over the channels of each pixel, PyTorch's LayerNorm of [N, H, W, C] over C; of a vector, over all of it. Over a
 * whole picture weight and bias are [channel, y, x], as in PyTorch's LayerNorm over [C, H, W].
 */
export interface LayerNormDescription extends LayerBase {
  readonly type: 'layerNorm';
  /** Undefined is `pixel`. */
  readonly over?: 'pixel' | 'picture';
  readonly eps: number;
  readonly affine: boolean;
}

export const ACTIVATION_KINDS = [
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'gelu',
  'geluTanh',
  'silu',
  'mish',
  'sigmoid',
  'tanh',
  'softplus',
  'hardswish',
  'hardsigmoid',
  'selu',
  'clamp',
] as const;
export type ActivationKind = (typeof ACTIVATION_KINDS)[number];

export interface ActivationDescription extends LayerBase {
  readonly type: 'activation';
  /** `geluTanh` is PyTorch's GELU with approximate='tanh'. Softplus has beta 1 and threshold 20. */
  readonly kind: ActivationKind;
  /** Of leakyRelu; PyTorch's default is 0.01. */
  readonly negativeSlope?: number;
  /** Of elu; PyTorch's default is 1. */
  readonly alpha?: number;
  /** Of clamp, which leaves out what has no bound. PyTorch's Hardtanh is one of −1 and 1. */
  readonly min?: number;
  readonly max?: number;
}

/** x, and below 0 x·weight. Its weight has one value, or one for each channel. */
export interface PReluDescription extends LayerBase {
  readonly type: 'prelu';
}

/** Over the channels of each pixel, as PyTorch's Softmax with dim=1. */
export interface SoftmaxDescription extends LayerBase {
  readonly type: 'softmax';
}

/** As PyTorch's LogSoftmax with dim=1. */
export interface LogSoftmaxDescription extends LayerBase {
  readonly type: 'logSoftmax';
}

/**
 * The sum of its inputs, such as the end of a residual block. One with a single row, column or channel is repeated, such as a
 * value for each channel.
 */
export interface AddDescription extends LayerBase {
  readonly type: 'add';
  /** By what each input is multiplied, such as 1 and −1 for a difference. Undefined is 1 for all. */
  readonly factors?: readonly number[];
  readonly activation: FusedActivation;
}

/** The product of its inputs, which are repeated as in a sum, such as the gate of a channel. */
export interface MultiplyDescription extends LayerBase {
  readonly type: 'multiply';
}

/** The first input divided by the second. They are repeated as in a sum. */
export interface DivideDescription extends LayerBase {
  readonly type: 'divide';
}

/** Of each place the largest, or the smallest, of the values of its inputs, which are repeated as in a sum. */
export interface ExtremeDescription extends LayerBase {
  readonly type: 'maximum' | 'minimum';
}

/** x·factor + offset */
export interface ScaleDescription extends LayerBase {
  readonly type: 'scale';
  readonly factor: number;
  readonly offset: number;
}

/** One value of all channels of a pixel, or of all pixels of a channel. `norm` is the root of the sum of their squares. */
export interface ReduceDescription extends LayerBase {
  readonly type: 'reduce';
  readonly of: 'sum' | 'mean' | 'max' | 'norm';
  readonly over: 'channels' | 'pixels';
}

/** Adds rows and columns at its sides. Negative numbers cut off, which only `zeros` may have. */
export interface PadDescription extends LayerBase {
  readonly type: 'pad';
  /** As PyTorch's `pad` has them. */
  readonly sides: readonly [left: number, right: number, top: number, bottom: number];
  readonly mode: 'zeros' | 'reflect' | 'replicate' | 'circular';
  /** What `zeros` adds; 0 if undefined. */
  readonly value?: number;
}

/** As many channels as `outputShape` has, from this one on. */
export interface SliceDescription extends LayerBase {
  readonly type: 'slice';
  readonly first: number;
}

/** PyTorch's PixelShuffle: factor² channels become squares of factor × factor pixels. */
export interface PixelShuffleDescription extends LayerBase {
  readonly type: 'pixelShuffle';
  readonly factor: number;
}

/** The opposite of a pixel shuffle. */
export interface PixelUnshuffleDescription extends LayerBase {
  readonly type: 'pixelUnshuffle';
  readonly factor: number;
}

/** PyTorch's ChannelShuffle: the first channel of each group, then the second of each, and so on. */
export interface ChannelShuffleDescription extends LayerBase {
  readonly type: 'channelShuffle';
  readonly groups: number;
}

/** To the size of `outputShape`, as PyTorch's `interpolate` does. */
export interface UpsampleDescription extends LayerBase {
  readonly type: 'upsample';
  readonly mode: 'nearest' | 'bilinear';
  /** Of bilinear. */
  readonly alignCorners: boolean;
}

/** The channels of its inputs, one input after the other. */
export interface ConcatDescription extends LayerBase {
  readonly type: 'concat';
}

/** In PyTorch's order: [channel, y, x]. */
export interface FlattenDescription extends LayerBase {
  readonly type: 'flatten';
}

/** Its weight is [out, in]. An input of maps is read in the order [channel, y, x]. */
export interface DenseDescription extends LayerBase {
  readonly type: 'dense';
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
  readonly activation: FusedActivation;
}

/** The identity, since maps are captured in evaluation. */
export interface DropoutDescription extends LayerBase {
  readonly type: 'dropout';
}

/** A layer of which no more is known than its place. */
export interface OtherDescription extends LayerBase {
  readonly type: 'other';
  /** What its framework calls it, such as `MultiheadAttention`. */
  readonly kind?: string;
}

export type LayerDescription =
  | Conv2dDescription
  | ConvTranspose2dDescription
  | MaxPool2dDescription
  | AvgPool2dDescription
  | AdaptivePool2dDescription
  | BatchNorm2dDescription
  | GroupNormDescription
  | LayerNormDescription
  | ActivationDescription
  | PReluDescription
  | SoftmaxDescription
  | LogSoftmaxDescription
  | AddDescription
  | MultiplyDescription
  | DivideDescription
  | ExtremeDescription
  | ScaleDescription
  | ReduceDescription
  | PadDescription
  | SliceDescription
  | PixelShuffleDescription
  | PixelUnshuffleDescription
  | ChannelShuffleDescription
  | UpsampleDescription
  | ConcatDescription
  | FlattenDescription
  | DenseDescription
  | DropoutDescription
  | OtherDescription;

export type LayerType = LayerDescription['type'];
export type LayerOf<T extends LayerType> = Extract<LayerDescription, { readonly type: T }>;

export interface ModelDescription {
  readonly name: string;
  readonly parameters: number;
  readonly inputShape: MapShape;
  /** In which its layers compute, where that is less than float32: they differ from the exact result by its rounding. */
  readonly precision?: 'float16' | 'bfloat16';
  /** In the order of the forward pass: a layer reads only earlier ones. */
  readonly layers: readonly LayerDescription[];
}

/**
 * A text summary with a ModelDescription and `"version": 1` as JSON, by which a program that does not write convscope's
 * own run start describes its net.
 */
export const MODEL_TAG = 'convscope/model';

/**
 * float32 tensor [probe, channel, y, x]: the normalised probe pictures. Logged with the first capture, and with the first
 * capture of other probes, so that those of a capture are the newest at or before its step.
 */
export const PROBE_INPUT_TAG = 'probes/input';
/** The probe pictures before normalisation: an image record, one PNG per probe. Logged at the same steps. */
export const PROBE_PICTURES_TAG = 'probes/pictures';
/**
 * Text: which pictures the probes are, as a JSON list of `{ index, label, name }`. Logged with probes that are not those of
 * `RunStart.probes`, or follow others; `index` and `label` may be null.
 */
export const PROBE_CHOICE_TAG = 'probes/choice';
/** float32 tensor [probe, class] of probabilities, at every capture. */
export const PROBE_PREDICTIONS_TAG = 'probes/predictions';
/** int32 tensor [true class, predicted class] over the test set. */
export const CONFUSION_MATRIX_TAG = 'test/confusion_matrix';

/** The tag of a layer's maps: `conv1/preactivation`. */
export function channelsTag(layer: string, role: 'input' | 'preactivation' | 'output' | 'gradient'): string {
  return `${layer}/${role}`;
}
/** float32 tensor [out, in/groups, kH, kW], in full, at every capture. */
export function weightTag(layer: string): string {
  return `${layer}/weight`;
}
/** float32 tensor [out], in full, at every capture. */
export function biasTag(layer: string): string {
  return `${layer}/bias`;
}

/** Scalars that every convscope run logs. Accuracies are fractions. */
export const SCALAR_TAGS = {
  trainLoss: 'train/loss',
  trainAccuracy: 'train/accuracy',
  testLoss: 'test/loss',
  testAccuracy: 'test/accuracy',
  learningRate: 'train/learning_rate',
  imagesPerSecond: 'perf/images_per_second',
  stepMilliseconds: 'perf/step_ms',
  /** For how long one capture held training. */
  captureMilliseconds: 'perf/capture_ms',
  /** Steps between two captures at the time of this one. */
  captureEvery: 'perf/capture_every',
  /**
   * Fraction of the training time that captures have taken since their settings hold, with the work of the writer's thread and
   * what else was computed for viewers. Not logged before a step has been made.
   */
  captureShare: 'perf/capture_share',
  /** The fraction that they may take: logged with each capture and when settings change; 0 without a budget. */
  captureBudget: 'perf/capture_budget',
  /** Time that finding the top pictures of the channels took in one evaluation. */
  topPicturesMilliseconds: 'perf/top_pictures_ms',
  processCpu: 'system/process_cpu_percent',
  processMemory: 'system/process_memory_mb',
  /** Per layer, followed by `/${layer}`. */
  gradientNorm: 'gradient_norm',
  /** ‖Δw‖ / ‖w‖ of the latest update, followed by `/${layer}`. */
  updateRatio: 'update_ratio',
} as const;
