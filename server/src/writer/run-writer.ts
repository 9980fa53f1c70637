import type { ChannelRole, ChannelStatistics, RunRecord } from '@convscope/shared/run-record.js';

/** The float maps of one layer at one step, before they are quantised. */
export interface MapsToLog {
  readonly tag: string;
  readonly layer: string;
  readonly role: ChannelRole;
  readonly step: number;
  /** NHWC, the first `probes.length` pictures. Its buffer is transferred to the writer's thread. */
  readonly values: Float32Array;
  readonly pictures: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Indices into `RunStart.probes`, one a picture. */
  readonly probes: readonly number[];
  readonly statistics?: ChannelStatistics;
}

export interface RunWriter {
  readonly runUid: string;
  /** Scalars, tensors, text, histograms, run start and end: any record but maps. */
  add(record: RunRecord): void;
  /** Float maps: quantised, PNG-encoded and framed in the writer's worker thread; the values' buffer is transferred. */
  addMaps(maps: MapsToLog): void;
  /** Resolves when everything is in the spool and, within the timeout, acknowledged by the hub. */
  close(options?: { readonly acknowledgeWithinMs: number }): Promise<{ readonly acknowledged: boolean; readonly path?: string }>;
}
