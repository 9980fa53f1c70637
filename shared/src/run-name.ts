import type { RunSummary } from './protocol/live.js';

/** A run's name, which addresses, files and filters have. The logdir itself can be a run. */
export function nameOfRun(run: string): string {
  return run === '.' ? 'this folder' : run;
}

/** What a run is called where it is shown: as the user has labelled it, or else by its name. */
export function titleOfRun({ run, label }: Pick<RunSummary, 'run' | 'label'>): string {
  return label ?? nameOfRun(run);
}
