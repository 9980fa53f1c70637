/** What goes between a run writer and its thread. */
import type { RunRecord } from '@convscope/shared/run-record.js';
import type { MapsToLog, WriterStatus } from './run-writer.js';

export interface ThreadData {
  readonly runUid: string;
  /** The run's name, as it is asked of the hub. */
  readonly run: string;
  readonly file: string;
  /** Where the file is written: the spool, or the run's own directory. */
  readonly directory: string;
  /** Absent: the directory is the log itself, and nothing is sent. */
  readonly hub?: { readonly url: string; readonly token: string; readonly logdir: string };
  readonly maxLogBytes: number;
}

export type ToThread =
  | { readonly type: 'records'; readonly records: readonly RunRecord[] }
  | {
      readonly type: 'maps';
      readonly maps: MapsToLog;
      readonly wallTime: number;
      /** How many maps were given up before they reached the thread, in all. */
      readonly droppedBefore: number;
    }
  | { readonly type: 'close'; readonly acknowledgeWithinMs: number };

export type FromThread =
  | { readonly type: 'status'; readonly status: WriterStatus }
  /** One `maps` message is dealt with. */
  | { readonly type: 'maps-done' }
  | { readonly type: 'closed'; readonly acknowledged: boolean; readonly path?: string };
