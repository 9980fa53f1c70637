import type { ChannelRole, ChannelStatistics, RunRecord } from '@convscope/shared/run-record.js';
import type { Loss } from './lost-records.js';
import type { ViewerRequests } from './viewer-requests.js';

/** The float maps of one layer at one step. */
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
  /** Indices into `RunStart.probes`, one per picture. */
  readonly probes: readonly number[];
  readonly statistics?: ChannelStatistics;
}

/** The latest state that the writer's thread reported. */
export interface WriterStatus {
  /** A hub is connected and has the file open. */
  readonly connected: boolean;
  /** Bytes of the run's log so far, and how many of them the hub has acknowledged. */
  readonly written: number;
  readonly acknowledged: number;
  /** Maps that were dropped because the thread lagged, the disk was full, or --max-log-mb was reached. */
  readonly droppedMaps: number;
  /** How many times further apart captures should be, to stay within --max-log-mb: 1, 2, 4, or Infinity for none. */
  readonly captureStretch: number;
  /** CPU time that the writer's thread has spent on maps so far. */
  readonly mapsCpuMilliseconds: number;
  /** The run's name and directory at the hub, once the hub has answered. */
  readonly run?: string;
  readonly path?: string;
  /** The current problem, as a sentence. */
  readonly warning?: string;
}

export interface RunWriter {
  readonly runUid: string;
  /** Logs any record other than maps. */
  add(record: RunRecord): void;
  /** Logs float maps. The writer's thread quantises and encodes them; the buffer of the values is transferred to it. */
  addMaps(maps: MapsToLog): void;
  /** The latest state of the writer's thread. */
  status(): WriterStatus;
  /** What viewers ask of this process through the hub. */
  readonly viewers: ViewerRequests;
  /** Resolves when the hub has acknowledged everything, or the timeout has passed. A second call may shorten it. */
  close(options?: { readonly acknowledgeWithinMs: number }): Promise<ClosedLog>;
}

/** What has become of a log. */
export interface ClosedLog {
  /** The hub has acknowledged all that was not dropped before; without a hub, it is on the disk. */
  readonly acknowledged: boolean;
  /** The run's directory at the hub, once the hub has named it. */
  readonly path?: string;
  /** Records that are lost: dropped on the way, or now neither at the hub nor on the disk. */
  readonly losses?: readonly Loss[];
  /** Bytes that the hub had acknowledged and lost, when no copy of them was left. */
  readonly goneBytes?: number;
  /** The spool's directory, when the rest waits there for the next hub. */
  readonly waitsIn?: string;
  /** Why the writer's thread ended before its time, as a sentence. What it had not written is lost. */
  readonly failure?: string;
}
