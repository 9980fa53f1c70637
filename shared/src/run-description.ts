/** The description of a run's configuration and network, from which a viewer can draw it without the training code. */

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

export interface Conv2dDescription {
  readonly type: 'conv2d';
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
  readonly paddingMode: 'zeros' | 'reflect' | 'replicate' | 'circular';
  readonly bias: boolean;
  readonly activation: 'relu' | 'none';
  readonly inputShape: MapShape;
  readonly outputShape: MapShape;
  readonly input: MapSource;
}

export interface MaxPool2dDescription {
  readonly type: 'maxPool2d';
  readonly name: string;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly inputShape: MapShape;
  readonly outputShape: MapShape;
}

export interface GlobalAveragePoolDescription {
  readonly type: 'globalAveragePool';
  readonly name: string;
  readonly inputShape: MapShape;
}

/** output = relu(a + b), at the end of a residual block. */
export interface AddDescription {
  readonly type: 'add';
  readonly name: string;
  readonly inputs: readonly [string, string];
  readonly activation: 'relu' | 'none';
  readonly outputShape: MapShape;
}

export interface DenseDescription {
  readonly type: 'dense';
  readonly name: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly activation: 'relu' | 'none';
}

export type LayerDescription =
  | Conv2dDescription
  | MaxPool2dDescription
  | GlobalAveragePoolDescription
  | AddDescription
  | DenseDescription;

export interface ModelDescription {
  readonly name: string;
  readonly parameters: number;
  readonly inputShape: MapShape;
  /** In the order of the forward pass. */
  readonly layers: readonly LayerDescription[];
}

/** float32 tensor [probe, channel, y, x]: the normalised probe pictures. Logged once, at step 0. */
export const PROBE_INPUT_TAG = 'probes/input';
/** The probe pictures before normalisation: an image record, one PNG per probe. Logged once, at step 0. */
export const PROBE_PICTURES_TAG = 'probes/pictures';
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
  /** Training time that one capture took. */
  captureMilliseconds: 'perf/capture_ms',
  /** Steps between two captures at the time of this one. */
  captureEvery: 'perf/capture_every',
  /** Fraction of the training time since the last capture that was spent on captures. */
  captureShare: 'perf/capture_share',
  processCpu: 'system/process_cpu_percent',
  processMemory: 'system/process_memory_mb',
  /** Per layer, followed by `/${layer}`. */
  gradientNorm: 'gradient_norm',
  /** ‖Δw‖ / ‖w‖ of the latest update, followed by `/${layer}`. */
  updateRatio: 'update_ratio',
} as const;
