/** What the worker makes of an event: plain data, ready to draw. */

import type { MapShape } from '@convscope/shared/run-description.js';
import type { ChannelRole, ChannelStatistics, RunEnd, RunStart } from '@convscope/shared/run-record.js';

/** In `marks`: what a place without a finite number holds. */
export const MARK = { finite: 0, nan: 1, infinity: 2, negativeInfinity: 3 } as const;

/** From which colour limits follow; over every value of the record that is finite. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
  /** 99.5 % of the absolute values are not above it. */
  readonly absolute: number;
  /** 98.5 % of the values above zero are not above it; 0 when none is. */
  readonly positive: number;
}

export interface DecodedChannels {
  readonly kind: 'channels';
  readonly step: number;
  readonly layer: string;
  readonly role: ChannelRole;
  readonly shape: MapShape;
  /** Which probe each picture is. */
  readonly probes: readonly number[];
  /** [picture, channel, y, x] */
  readonly codes: Uint8Array;
  readonly lo: Float32Array;
  readonly hi: Float32Array;
  /** As in MapStack, [picture, channel, y, x]; undefined when all values are finite. */
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
  /** Encoded: PNG and whatever else the browser reads. */
  readonly images: readonly Uint8Array[];
}

export interface DecodedStart {
  readonly kind: 'run-start';
  readonly start: RunStart;
}

export interface DecodedEnd {
  readonly kind: 'run-end';
  readonly end: RunEnd;
}

export type Decoded = DecodedChannels | DecodedTensor | DecodedImages | DecodedStart | DecodedEnd;

/** Roughly what it holds in memory. */
export function bytesOf(decoded: Decoded): number {
  switch (decoded.kind) {
    case 'channels':
      return decoded.codes.byteLength + (decoded.marks?.byteLength ?? 0) + 2048;
    case 'tensor':
      return decoded.values.byteLength + 512;
    case 'image':
      return decoded.images.reduce((sum, image) => sum + image.byteLength, 512);
    default:
      return 4096;
  }
}
