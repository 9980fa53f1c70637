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

/** What the writer's thread last said of itself. */
export interface WriterStatus {
  /** A hub is connected and has the file open. */
  readonly connected: boolean;
  /** Bytes of the run's file written so far, and how many of them the hub has acknowledged. */
  readonly written: number;
  readonly acknowledged: number;
  /** Maps that were given up: the thread lagged, the disk was full, or --max-log-mb was reached. */
  readonly droppedMaps: number;
  /** How many times further apart captures should be, to stay within --max-log-mb. 1, 2, 4, … */
  readonly captureStretch: number;
  /** CPU time that the writer’s thread has given to maps so far. */
  readonly mapsCpuMilliseconds: number;
  /** The run's id and directory at the hub, once it has answered. */
  readonly run?: string;
  readonly path?: string;
  /** What is wrong at the moment, as a sentence; absent when nothing is. */
  readonly warning?: string;
}

export interface RunWriter {
  readonly runUid: string;
  /** Scalars, tensors, text, histograms, run start and end: any record but maps. */
  add(record: RunRecord): void;
  /** Float maps: quantised, PNG-encoded and framed in the writer's worker thread; the values' buffer is transferred. */
  addMaps(maps: MapsToLog): void;
  /** The latest word of the writer's thread. */
  status(): WriterStatus;
  /**
   * Resolves when everything is in the spool and, within the timeout, acknowledged by the hub. A second call may
   * shorten the time.
   */
  close(options?: {
    readonly acknowledgeWithinMs: number;
  }): Promise<{ readonly acknowledged: boolean; readonly path?: string }>;
}
