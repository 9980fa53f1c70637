/** What the launcher and its two processes tell each other. */
import type { TrainOptions } from '../trainer/options.js';
import type { TrainProgress } from '../trainer/progress.js';
import type { TrainResult } from '../trainer/train.js';
import type { HubFlags } from './hub-flags.js';

/** Environment variable that carries the ingest token: arguments can be read by every user of the machine. */
export const TOKEN_VARIABLE = 'CONVSCOPE_INGEST_TOKEN';

export type ToHub =
  | {
      readonly type: 'serve';
      readonly flags: HubFlags;
      /** For a hub that comes back: its pages wait for it at this port, with this token. */
      readonly strictPort: boolean;
      readonly viewToken?: string;
    }
  /** A sender has died: bring what it left behind. */
  | { readonly type: 'hand-over' }
  | { readonly type: 'stop' };
export type FromHub =
  | {
      readonly type: 'listening';
      readonly url: string;
      /** Where senders connect: without a token, with the base path. */
      readonly senderUrl: string;
      readonly port: number;
      readonly viewToken?: string;
    }
  | { readonly type: 'failed'; readonly error: string }
  | { readonly type: 'handed-over' }
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
  /** The run ended by itself or by the signal; its log is complete, in the spool at least. */
  | { readonly type: 'ended'; readonly result: TrainResult }
  /** The log is closed. */
  | { readonly type: 'logged'; readonly path?: string; readonly acknowledged: boolean }
  /** The run could not begin. */
  | { readonly type: 'failed'; readonly error: string };
