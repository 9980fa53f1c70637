/** The messages between a run writer and its thread. */
import type { ControlAnswer, PassedRequest, TrainerState } from '@convscope/shared/protocol/control.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import type { ClosedLog, MapsToLog, WriterStatus } from './run-writer.js';

export interface ThreadData {
  readonly runUid: string;
  /** The name that the hub is asked for. */
  readonly run: string;
  readonly file: string;
  /** Directory of the file: the spool, or without a hub the run's own. */
  readonly directory: string;
  /** Absent when nothing is sent. */
  readonly hub?: { readonly url: string; readonly token: string; readonly logdir: string };
  readonly maxLogBytes: number;
  /** Most bytes of the log that wait in memory while the disk refuses them. */
  readonly memoryBytes?: number;
}

export type ToThread =
  | { readonly type: 'records'; readonly records: readonly RunRecord[] }
  | {
      readonly type: 'maps';
      readonly maps: MapsToLog;
      readonly wallTime: number;
      /** How many maps were dropped before they reached the thread, in total. */
      readonly droppedBefore: number;
    }
  /** What holds in the process, for viewers. */
  | { readonly type: 'state'; readonly state: TrainerState }
  | { readonly type: 'answer'; readonly id: number; readonly answer: ControlAnswer }
  | { readonly type: 'close'; readonly acknowledgeWithinMs: number };

export type FromThread =
  /** `taken`: how many records have been processed. */
  | { readonly type: 'status'; readonly status: WriterStatus; readonly taken: number }
  /** One `maps` message has been processed. */
  | { readonly type: 'maps-done' }
  /** A viewer asks something of the process. Answered by an `answer` of the same id. */
  | { readonly type: 'asked'; readonly id: number; readonly asked: PassedRequest }
  | { readonly type: 'closed'; readonly log: ClosedLog };
