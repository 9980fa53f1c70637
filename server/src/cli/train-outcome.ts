/** How `convscope train` ended: its last sentences and its exit code. */
import type { TrainResult } from '../trainer/train.js';
import { lossSentence } from '../writer/lost-records.js';
import type { ClosedLog } from '../writer/run-writer.js';
import { EXIT_CODES } from './exit-codes.js';

/** What the launcher has heard from the training process. */
export interface TrainerEnd {
  /** The signal or exit code that ended the process. */
  readonly how: string;
  /** The run ended by itself or was interrupted. */
  readonly result?: TrainResult;
  /** Why the run could not start or go on, as a sentence. */
  readonly failed?: string;
  readonly logged?: { readonly runUid: string; readonly log: ClosedLog; readonly leftOut: number };
}

export interface TrainOutcome {
  readonly code: number;
  readonly sentences: readonly string[];
}

/** @param handedOver whether the hub has taken from the spool what the training process could not send */
export function describeOutcome(end: TrainerEnd, handedOver: boolean): TrainOutcome {
  const { result, failed, how, logged } = end;
  const log = logged?.log;
  const isWhole = log !== undefined && (log.acknowledged || handedOver) && !isLost(log);
  const sentences: string[] = [];
  if (failed !== undefined) sentences.push(failed);
  else if (!result)
    sentences.push(
      `The training process ended unexpectedly (${how}). What of its log had reached the hub or the spool is kept.`,
    );
  else sentences.push(...describeResult(result, isWhole));
  if (log) sentences.push(...describeLog(log, handedOver));
  if (logged && logged.leftOut > 0)
    sentences.push(
      `${logged.leftOut} ${logged.leftOut === 1 ? 'map was' : 'maps were'} left out, because of the log's limit or since the writer could not keep up.`,
    );
  return { code: codeOf(end, isWhole), sentences };
}

function isLost({ losses, goneBytes, failure }: ClosedLog): boolean {
  return losses !== undefined || goneBytes !== undefined || failure !== undefined;
}

function codeOf({ result, failed, logged }: TrainerEnd, isWhole: boolean): number {
  if (failed !== undefined || !result || result.reason === 'failed') return EXIT_CODES.failed;
  if (isWhole) return EXIT_CODES.completed;
  const waits = logged?.log.waitsIn !== undefined && !isLost(logged.log);
  return waits ? EXIT_CODES.waiting : EXIT_CODES.lost;
}

function describeResult(result: TrainResult, isWhole: boolean): string[] {
  const accuracy = result.test
    ? `, test accuracy ${(result.test.accuracy * 100).toFixed(2)} % at step ${result.test.step}`
    : '';
  const after = `after ${result.steps} steps in ${result.seconds.toFixed(1)} s${accuracy}`;
  // A run is called completed only when its whole log is.
  const incomplete = result.reason === 'completed' && !isWhole;
  return [
    incomplete ? `Training ended ${after}, but its log is not complete.` : `Run ${result.reason} ${after}.`,
    ...(result.error === undefined ? [] : [result.error]),
  ];
}

function describeLog(log: ClosedLog, handedOver: boolean): string[] {
  const { path, losses, goneBytes, failure, waitsIn, acknowledged } = log;
  const sentences: string[] = [];
  if (path !== undefined) sentences.push(`Run: ${path}`);
  if (failure !== undefined) sentences.push(failure);
  if (losses !== undefined) sentences.push(`Lost from the log: ${lossSentence(losses)}.`);
  if (goneBytes !== undefined)
    sentences.push(
      `Lost from the log: ${goneBytes} bytes that the hub had acknowledged and no longer has, and of which no copy was left.`,
    );
  if (waitsIn !== undefined && !handedOver)
    sentences.push(
      `The hub has not received the whole log; the rest waits in ${waitsIn} for the next start.`,
    );
  else if (!acknowledged && !handedOver && !isLost(log))
    sentences.push('The hub has not acknowledged the whole log, and nothing of it is left on this side.');
  return sentences;
}
