import type { HubFlags } from './hub-flags.js';

/** The flags of `convscope train`, as the command line gives them. */
export interface TrainFlags extends HubFlags {
  readonly epochs?: number;
  readonly steps?: number;
  readonly batch?: number;
  readonly lr?: number;
  readonly optimizer?: string;
  readonly momentum?: number;
  readonly weightDecay?: number;
  readonly schedule?: string;
  readonly seed?: number;
  readonly model?: string;
  readonly backend?: string;
  readonly threads?: number;
  readonly data?: string;
  readonly captureEvery?: number | 'auto';
  readonly captureAt?: string;
  /** In percent. */
  readonly captureBudget?: number;
  readonly captureGradients?: boolean;
  readonly maxLogMb: number;
  readonly name?: string;
  readonly open: boolean;
  readonly exitWhenDone: boolean;
}
