/** The results of decoding an event: plain data, ready to draw. */
import type { ValueRange } from '@convscope/shared/channels/value-range.js';
import type { MapShape } from '@convscope/shared/run-description.js';
import type {
  ChannelRole,
  ChannelStatistics,
  HparamsRecord,
  RunEnd,
  RunStart,
} from '@convscope/shared/run-record.js';

/** The values in `marks`: which non-finite value a place has. */
export const MARK = { finite: 0, nan: 1, infinity: 2, negativeInfinity: 3 } as const;

export interface DecodedChannels {
  readonly kind: 'channels';
  readonly step: number;
  readonly layer: string;
  readonly role: ChannelRole;
  readonly shape: MapShape;
  /** How many pictures the record has. */
  readonly pictures: number;
  /** The probe that each picture shows, of those that were decoded. */
  readonly probes: readonly number[];
  /** [picture, channel, y, x] */
  readonly codes: Uint8Array;
  readonly lo: Float32Array;
  readonly hi: Float32Array;
  /** Values of MARK, [picture, channel, y, x]; undefined if all values are finite. */
  readonly marks: Uint8Array | undefined;
  readonly statistics: ChannelStatistics | undefined;
  readonly range: ValueRange;
}

export interface DecodedTensor {
  readonly kind: 'tensor';
  readonly step: number;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
  readonly range: ValueRange;
}

export interface DecodedImages {
  readonly kind: 'image';
  readonly step: number;
  readonly width: number;
  readonly height: number;
  /** Encoded pictures, as PNG or another format that browsers support. */
  readonly images: readonly Uint8Array[];
}

export interface DecodedHistogram {
  readonly kind: 'histogram';
  readonly step: number;
  /** [left, right, count] per bucket, flattened. */
  readonly buckets: Float64Array;
}

export interface DecodedText {
  readonly kind: 'text';
  readonly step: number;
  /** In row-major order. */
  readonly strings: readonly string[];
  /** [] for a single text. */
  readonly shape: readonly number[];
}

export interface DecodedHparams {
  readonly kind: 'hparams';
  readonly step: number;
  readonly part: HparamsRecord['part'];
  readonly values: HparamsRecord['values'];
  /** The message of TensorBoard's plugin. */
  readonly content: Uint8Array;
}

/** What is not interpreted: a sound, a graph, or what a plugin that convscope does not know has logged. */
export interface DecodedOther {
  readonly kind: 'other';
  readonly step: number;
  readonly plugin: string;
  /** The Summary.Value as stored; of a graph the GraphDef. */
  readonly content: Uint8Array;
}

export interface DecodedStart {
  readonly kind: 'run-start';
  readonly start: RunStart;
}

export interface DecodedEnd {
  readonly kind: 'run-end';
  readonly end: RunEnd;
}

export type Decoded =
  | DecodedChannels
  | DecodedTensor
  | DecodedImages
  | DecodedHistogram
  | DecodedText
  | DecodedHparams
  | DecodedOther
  | DecodedStart
  | DecodedEnd;

/** The approximate size in memory, in bytes. */
export function bytesOf(decoded: Decoded): number {
  switch (decoded.kind) {
    case 'channels':
      return decoded.codes.byteLength + (decoded.marks?.byteLength ?? 0) + 2048;
    case 'tensor':
      return decoded.values.byteLength + 512;
    case 'image':
      return decoded.images.reduce((sum, image) => sum + image.byteLength, 512);
    case 'histogram':
      return decoded.buckets.byteLength + 512;
    case 'text':
      return decoded.strings.reduce((sum, text) => sum + 2 * text.length + 32, 512);
    case 'hparams':
    case 'other':
      return decoded.content.byteLength + 4096;
    case 'run-start':
    case 'run-end':
      return 4096;
  }
}
