/** Decides which evaluations look for top pictures, within the budget of captures, and logs what they find. */
import { MEASURED_PART } from '@convscope/shared/capture-cost.js';
import type { CaptureSettingsState } from '@convscope/shared/protocol/control.js';
import type { Tf } from '../../tfjs/tf.js';
import type { RunLog } from '../../writer/run-log.js';
import type { PictureSet } from '../data/training-data.js';
import { createTopPicturesSearch, type TopPicturesSearch } from './top-pictures.js';
import { createTopSheet } from './top-sheet.js';

/** Of what captures may cost. The rest is left to captures, which become rarer by what is spent here. */
const PART_OF_CAPTURES = 0.2;

export interface TopPicturesKeeper {
  /**
   * The search that the next evaluation should make, if it should: the last one makes it, and earlier ones after the start as
   * often as the budget allows.
   * @param milliseconds that the evaluation may take, if it is the last one of an interrupted run
   */
  searchFor(
    settings: CaptureSettingsState,
    step: number,
    isLast: boolean,
    milliseconds?: number,
  ): TopPicturesSearch | undefined;
  /** Reports how long an evaluation without a search took. */
  evaluated(milliseconds: number): void;
  stepTook(milliseconds: number): void;
  /**
   * Logs what a search has found.
   * @param milliseconds that the evaluation took
   * @returns the milliseconds that the search took beyond a plain evaluation
   */
  keep(search: TopPicturesSearch, step: number, milliseconds: number, isLast: boolean): number;
}

export function createTopPicturesKeeper(tf: Tf, log: RunLog, test: PictureSet): TopPicturesKeeper {
  const sheet = createTopSheet(log, test);
  /** Training time since the last search. */
  let trained = 0;
  let plain: number | undefined;
  let cost: number | undefined;
  return {
    searchFor({ every, at, paused, budget }, step, isLast, milliseconds) {
      // Who wants no captures wants no pictures of them.
      if (paused || (every === 0 && at === '') || (step === 0 && !isLast)) return undefined;
      if (milliseconds !== undefined) {
        const expected = plain === undefined || cost === undefined ? undefined : plain + cost;
        if (expected === undefined || expected > milliseconds) return undefined;
      }
      const allowed = (budget / 100) * MEASURED_PART * PART_OF_CAPTURES * trained;
      const isDue = isLast || cost === undefined || cost <= allowed;
      return isDue ? createTopPicturesSearch(tf) : undefined;
    },
    evaluated(milliseconds) {
      plain = milliseconds;
    },
    stepTook(milliseconds) {
      trained += milliseconds;
    },
    keep(search, step, milliseconds, isLast) {
      const started = performance.now();
      sheet.log(search.found(), step, isLast);
      const logging = performance.now() - started;
      // Maps are computed without fusing layers, which makes the forward pass longer than a plain one.
      const searching = Math.max(search.milliseconds(), milliseconds - (plain ?? milliseconds));
      cost = searching + logging;
      trained = 0;
      return cost;
    },
  };
}
