/** What a launcher shows while a run goes on. */
export interface TrainProgress {
  readonly phase: 'preparing' | 'evaluating' | 'training' | 'ending';
  /** While preparing: what is done, and how much of it, in [0, 1]. */
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
  /** Fires on Ctrl-C: the run then ends as interrupted. */
  readonly signal: AbortSignal;
  onProgress(progress: TrainProgress): void;
  /** A sentence worth a line of its own in the terminal. */
  log(line: string): void;
}
