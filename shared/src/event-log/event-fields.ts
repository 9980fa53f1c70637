/**
 * Field numbers of tensorflow.Event and the messages in it (tensorflow/core/util/event.proto, framework/summary.proto,
 * framework/tensor.proto; tensorboard/plugins/hparams/plugin_data.proto).
 */
export const EVENT = {
  wallTime: 1,
  step: 2,
  fileVersion: 3,
  graphDef: 4,
  summary: 5,
  logMessage: 6,
  sessionLog: 7,
  taggedRunMetadata: 8,
  metaGraphDef: 9,
} as const;

export const SUMMARY_VALUE = 1;
export const VALUE = {
  tag: 1,
  simpleValue: 2,
  oldHistogram: 3,
  image: 4,
  histo: 5,
  audio: 6,
  tensor: 8,
  metadata: 9,
} as const;
export const METADATA = { pluginData: 1, displayName: 2, description: 3, dataClass: 4 } as const;
export const PLUGIN_DATA = { name: 1, content: 2 } as const;
export const IMAGE = { height: 1, width: 2, colorspace: 3, encoded: 4 } as const;
export const HISTO = { min: 1, max: 2, num: 3, sum: 4, sumSquares: 5, bucketLimit: 6, bucket: 7 } as const;
export const TENSOR = { dtype: 1, shape: 2, version: 3, content: 4 } as const;
export const SHAPE = { dim: 2, unknownRank: 3 } as const;
export const DIM_SIZE = 1;

/** SummaryMetadata.data_class, as torch's add_tensor sets it. TensorBoard lists such tags under tensors. */
export const DATA_CLASS_TENSOR = 2;

/** The names of TensorBoard's plugins. */
export const PLUGIN = {
  scalars: 'scalars',
  images: 'images',
  histograms: 'histograms',
  text: 'text',
  hparams: 'hparams',
  tensor: 'tensor',
  audio: 'audio',
  customScalars: 'custom_scalars',
} as const;

/** The tag under which all writers log a layout of scalars. */
export const LAYOUT_TAG = 'custom_scalars__config__';

/**
 * Fields that convscope adds to a plugin's content (SummaryMetadata.plugin_data.content). TensorBoard parses the content
 * as a small message (ImagePluginData, TextPluginData) and ignores fields that it does not know.
 */
export const CONTENT = { version: 1, channels: 2000, runStart: 2001, runEnd: 2002 } as const;

/**
 * Fields of the event itself, outside any summary. They become `other` records with these plugin names and the field's
 * bytes as content.
 */
export const EVENT_LEVEL: Readonly<Record<string, { readonly field: number; readonly tag: string }>> = {
  graph_def: { field: EVENT.graphDef, tag: '__run_graph__' },
  log_message: { field: EVENT.logMessage, tag: '__log_message__' },
  tagged_run_metadata: { field: EVENT.taggedRunMetadata, tag: '__run_metadata__' },
  meta_graph_def: { field: EVENT.metaGraphDef, tag: '__meta_graph__' },
};
