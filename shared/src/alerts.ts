/** What a user wants to be told of a run: a loss that is not finite, no progress, a failure, the end. For page and hub alike. */
import { durationText } from './duration-text.js';
import type { RunSummary } from './protocol/live.js';
import { titleOfRun } from './run-name.js';

export const ALERT_KINDS = ['not-finite', 'no-progress', 'failed', 'finished'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export interface Alert {
  readonly kind: AlertKind;
  readonly run: string;
  /** What the user calls the run; absent where that is its name. */
  readonly label?: string;
  /** Of a loss that is not finite: since when it is not. */
  readonly step: number;
  /** When it was noticed, in seconds since the epoch. */
  readonly at: number;
  /** Calls the run by its label, where it has one. */
  readonly sentence: string;
}

/** A run stands still after so many times its usual time for a step. */
const STEP_TIMES = 10;
/** Writers such as torch's flush every 120 s, so shorter silence says nothing. In seconds. */
const LEAST_SILENCE = 150;
/** Nobody waits for a run that has been silent for so long, in seconds. */
const ABANDONED = 24 * 60 * 60;

type Watched = Pick<
  RunSummary,
  | 'run'
  | 'label'
  | 'state'
  | 'lastStep'
  | 'firstWallTime'
  | 'lastWallTime'
  | 'lastChange'
  | 'loss'
  | 'lossTag'
  | 'notFiniteSince'
  | 'error'
  | 'readToEnd'
  | 'trainingPaused'
  | 'totalSteps'
>;

/**
 * How long a run may be silent until it counts as standing still, in seconds; undefined while its usual time for a step is
 * not known.
 */
export function patienceWith({ lastStep, firstWallTime, lastWallTime }: Watched): number | undefined {
  if (lastStep < 2 || !(lastWallTime > firstWallTime)) return undefined;
  return Math.max(LEAST_SILENCE, (STEP_TIMES * (lastWallTime - firstWallTime)) / lastStep);
}

/**
 * For how long a run that is being written has logged nothing, in seconds; undefined if it was left long ago, or if that
 * cannot be known: its records are far older than its files in a copy of an old log, and where the clocks differ.
 */
function silenceOf({ lastWallTime, lastChange = lastWallTime }: Watched, now: number): number | undefined {
  const silence = now - lastChange;
  return silence < ABANDONED && lastChange - lastWallTime < ABANDONED ? silence : undefined;
}

/**
 * Whether silence of the run is worth a word. Other programs write when they like, such as once an epoch: their logs are silent
 * when that is longer than their usual pauses, which the hub knows (`idle`). Whether they have ended they do not say.
 */
function mayStandStill({ state, totalSteps, trainingPaused }: Watched): boolean {
  if (totalSteps === undefined) return state === 'idle';
  // Whoever paused training knows that it stands still.
  return state === 'live' && !trainingPaused;
}

/** What there is to be told of a run as it is now. @param now in seconds since the epoch */
export function alertsOf(run: Watched, now: number): readonly Alert[] {
  // Until its log was read to its end, what it says may be long past.
  if (!run.readToEnd) return [];
  const { label, lastStep, state } = run;
  const title = titleOfRun(run);
  const found: Alert[] = [];
  const tell = (kind: AlertKind, sentence: string, step = lastStep): void => {
    found.push({ kind, run: run.run, ...(label === undefined ? {} : { label }), step, at: now, sentence });
  };
  if (run.loss !== undefined && !Number.isFinite(Number(run.loss))) {
    const since = run.notFiniteSince ?? lastStep;
    const name = run.lossTag ?? 'The loss';
    tell(
      'not-finite',
      `${name} of ${title} is ${run.loss}: it has not been finite since step ${since}.`,
      since,
    );
  }
  const silence = silenceOf(run, now);
  const patience = patienceWith(run);
  if (silence === undefined) {
    // There is no progress to wait for.
  } else if (state === 'lost')
    tell('no-progress', `The training process of ${title} is silent since step ${lastStep}.`);
  else if (mayStandStill(run) && patience !== undefined && silence > patience)
    tell('no-progress', `${title} has logged nothing for ${durationText(silence)}, since step ${lastStep}.`);
  if (state === 'failed')
    tell('failed', `${title} failed at step ${lastStep}${run.error === undefined ? '.' : `: ${run.error}`}`);
  if (state === 'completed') tell('finished', `${title} has finished, at step ${lastStep}.`);
  if (state === 'interrupted') tell('finished', `${title} was interrupted at step ${lastStep}.`);
  return found;
}

/** Tells each alert once, when it arises, and again when it has passed and come back. */
export class AlertWatch {
  /** The kinds of alerts that hold, by run. */
  readonly #holding = new Map<string, ReadonlySet<AlertKind>>();
  /** When the first call was, in seconds since the epoch. */
  #began: number | undefined;

  /**
   * The alerts that have arisen since the last call. What a run says when it is first seen is news if it began while it was
   * watched for: much may have happened until its writer flushes first.
   */
  update(runs: readonly Watched[], now: number): readonly Alert[] {
    // What is so at the first call is known.
    const began = this.#began ?? Number.POSITIVE_INFINITY;
    this.#began ??= now;
    const news: Alert[] = [];
    const there = new Set<string>();
    for (const run of runs) {
      there.add(run.run);
      // A log that is read anew, as after its files were replaced, says nothing of the run for a moment.
      if (!run.readToEnd) continue;
      const found = alertsOf(run, now);
      const before = this.#holding.get(run.run);
      if (before !== undefined || run.firstWallTime > began - LEAST_SILENCE)
        news.push(...found.filter(({ kind }) => before?.has(kind) !== true));
      this.#holding.set(run.run, new Set(found.map(({ kind }) => kind)));
    }
    for (const run of this.#holding.keys()) if (!there.has(run)) this.#holding.delete(run);
    return news;
  }
}
