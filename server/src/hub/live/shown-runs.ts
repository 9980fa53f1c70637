import type { Logdir } from '../../logdir/logdir.js';

/** Counts who shows each run, for whatever reason, so that what somebody shows is read first. */
export class ShownRuns {
  readonly #logdir: Pick<Logdir, 'setWanted'>;
  readonly #counts = new Map<string, number>();

  constructor(logdir: Pick<Logdir, 'setWanted'>) {
    this.#logdir = logdir;
  }

  add(run: string): void {
    const before = this.#counts.get(run) ?? 0;
    this.#counts.set(run, before + 1);
    if (before === 0) this.#logdir.setWanted(run, true);
  }

  remove(run: string): void {
    const left = (this.#counts.get(run) ?? 0) - 1;
    if (left > 0) {
      this.#counts.set(run, left);
      return;
    }
    if (this.#counts.delete(run)) this.#logdir.setWanted(run, false);
  }
}
