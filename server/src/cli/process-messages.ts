/** The messages between the launcher and its two processes. */
import type { TrainOptions } from '../trainer/options.js';
import type { TrainProgress } from '../trainer/progress.js';
import type { TrainResult } from '../trainer/train.js';
import type { ClosedLog } from '../writer/run-writer.js';
import type { HubFlags } from './hub-flags.js';

/** Environment variable with the ingest token. Arguments would be visible to every user of the machine. */
export const TOKEN_VARIABLE = 'CONVSCOPE_INGEST_TOKEN';

export type ToHub =
  | {
      readonly type: 'serve';
      readonly flags: HubFlags;
      /** For a restarted hub, whose pages are waiting for it on this port with this token. */
      readonly strictPort: boolean;
      readonly viewToken?: string;
    }
  /** A sender has died: take what it left in the spool. */
  | { readonly type: 'hand-over' }
  | { readonly type: 'stop' };
export type FromHub =
  | {
      readonly type: 'listening';
      readonly url: string;
      /** The URL for senders: with the base path, without a token. */
      readonly senderUrl: string;
      readonly port: number;
      readonly viewToken?: string;
    }
  | { readonly type: 'failed'; readonly error: string }
  /** The ids of the runs that this hub has taken from the spool, whole. */
  | { readonly type: 'handed-over'; readonly runUids: readonly string[] }
  | { readonly type: 'log'; readonly line: string };

export type ToTrainer =
  | {
      readonly type: 'train';
      readonly options: TrainOptions;
      readonly name: string;
      readonly hubUrl: string;
      readonly logdir: string;
      readonly maxLogMb: number;
    }
  | { readonly type: 'stop' };
export type FromTrainer =
  | { readonly type: 'progress'; readonly progress: TrainProgress }
  | { readonly type: 'log'; readonly line: string }
  /** The run ended by itself or because of a signal. Its log is complete, at least in the spool. */
  | { readonly type: 'ended'; readonly result: TrainResult }
  /** The log is closed. */
  | {
      readonly type: 'logged';
      readonly runUid: string;
      readonly log: ClosedLog;
      /** Maps that are not in the log because of its limit, or because the writer could not keep up. */
      readonly leftOut: number;
    }
  /** The run could not start. */
  | { readonly type: 'failed'; readonly error: string };
