/** What the launcher and its two processes tell each other. */
import type { TrainOptions } from '../trainer/options.js';
import type { TrainProgress } from '../trainer/progress.js';
import type { TrainResult } from '../trainer/train.js';
import type { HubFlags } from './hub-flags.js';

/** Environment variable that carries the ingest token: arguments can be read by every user of the machine. */
export const TOKEN_VARIABLE = 'CONVSCOPE_INGEST_TOKEN';

export type ToHub =
  | { readonly type: 'serve'; readonly flags: HubFlags; readonly strictPort: boolean }
  | { readonly type: 'stop' };
export type FromHub =
  | { readonly type: 'listening'; readonly url: string; readonly port: number }
  | { readonly type: 'failed'; readonly error: string }
  | { readonly type: 'log'; readonly line: string };

export type ToTrainer =
  | {
      readonly type: 'train';
      readonly options: TrainOptions;
      readonly name: string;
      /** `http://localhost:6180`, without a path: where senders connect. */
      readonly hubUrl: string;
      readonly logdir: string;
      readonly maxLogMb: number;
    }
  | { readonly type: 'stop' };
export type FromTrainer =
  | { readonly type: 'progress'; readonly progress: TrainProgress }
  | { readonly type: 'log'; readonly line: string }
  /** The run ended by itself or by the signal; the log is closed. */
  | {
      readonly type: 'ended';
      readonly result: TrainResult;
      readonly path?: string;
      readonly acknowledged: boolean;
    }
  /** The run could not begin. */
  | { readonly type: 'failed'; readonly error: string };
