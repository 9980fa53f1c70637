/** Follows a training process until it has ended. */
import type { ChildProcess } from 'node:child_process';
import type { FromTrainer } from './process-messages.js';
import type { ProgressLine } from './progress-line.js';
import type { TrainerEnd } from './train-outcome.js';

/** Resolves when the process has ended and all of its messages have arrived. */
export function watchTrainer(trainer: ChildProcess, line: ProgressLine): Promise<TrainerEnd> {
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
  return Promise.all([gone, told]).then(([how]) => ({
    how,
    ...(ended ? { result: ended.result } : {}),
    ...(failed ? { failed: failed.error } : {}),
    ...(logged ? { logged } : {}),
  }));
}
