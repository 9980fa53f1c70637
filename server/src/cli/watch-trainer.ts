/** Follows a training process until it has ended, and describes the outcome. */
import type { ChildProcess } from 'node:child_process';
import type { FromTrainer } from './process-messages.js';
import type { ProgressLine } from './progress-line.js';

export interface TrainerOutcome {
  /** 0 for a run that was completed or interrupted, 1 otherwise. */
  readonly code: 0 | 1;
  readonly sentences: readonly string[];
  /** Whether the hub has the whole log. */
  readonly acknowledged: boolean;
}

/** Resolves when the process has ended and all of its messages have arrived. */
export function watchTrainer(trainer: ChildProcess, line: ProgressLine): Promise<TrainerOutcome> {
  let ended: Extract<FromTrainer, { type: 'ended' }> | undefined;
  let logged: Extract<FromTrainer, { type: 'logged' }> | undefined;
  let failed: Extract<FromTrainer, { type: 'failed' }> | undefined;
  trainer.on('message', (message: FromTrainer) => {
    if (message.type === 'progress') line.show(message.progress);
    else if (message.type === 'log') line.say(message.line);
    else if (message.type === 'ended') ended = message;
    else if (message.type === 'logged') logged = message;
    else failed = message;
  });
  const gone = new Promise<string>((resolve) => {
    trainer.once('error', (error) => resolve(error.message));
    trainer.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  // Messages may arrive after the exit. The channel closes when all of them have been read.
  const told = new Promise<void>((resolve) => {
    if (trainer.connected) trainer.once('disconnect', () => resolve());
    else resolve();
  });
  return Promise.all([gone, told]).then(([how]) => {
    if (failed) return { code: 1, sentences: [failed.error], acknowledged: true };
    if (!ended) {
      return {
        code: 1,
        sentences: [
          `The training process ended unexpectedly (${how}). Its log is kept; what the hub has not received waits in the spool.`,
        ],
        acknowledged: false,
      };
    }
    const { result } = ended;
    const accuracy = result.test
      ? `, test accuracy ${(result.test.accuracy * 100).toFixed(2)} % at step ${result.test.step}`
      : '';
    const sentences = [
      `Run ${result.reason} after ${result.steps} steps in ${result.seconds.toFixed(1)} s${accuracy}.`,
    ];
    if (result.error) sentences.push(result.error);
    if (logged?.path !== undefined) sentences.push(`Run: ${logged.path}`);
    const acknowledged = logged?.acknowledged ?? false;
    if (!acknowledged)
      sentences.push(
        'The hub has not received the whole log; the rest waits in the spool for the next start.',
      );
    return { code: result.reason === 'failed' ? 1 : 0, sentences, acknowledged };
  });
}
