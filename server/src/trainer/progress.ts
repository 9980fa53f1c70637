/** The state of a run, for a launcher to show. */
export interface TrainProgress {
  readonly phase: 'preparing' | 'evaluating' | 'training' | 'ending';
  /** While preparing: the current activity, and the fraction of it that is done. */
  readonly message?: string;
  readonly fraction?: number;
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly totalSteps: number;
  /** Of the latest batch. */
  readonly loss?: number;
  readonly accuracy?: number;
  readonly testAccuracy?: number;
  readonly imagesPerSecond?: number;
  readonly secondsLeft?: number;
}

export interface TrainHooks {
  /** Aborted on Ctrl-C: the run then ends as interrupted. */
  readonly signal: AbortSignal;
  onProgress(progress: TrainProgress): void;
  /** Prints a sentence on a line of its own. */
  log(line: string): void;
}
