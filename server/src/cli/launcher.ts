/**
 * Starts the hub and the training process, shows the progress, and ends them in the right order: the trainer first,
 * including its last acknowledgement, then the hub. A crash of one does not end the other.
 */

import { type ChildProcess, fork } from 'node:child_process';
import process from 'node:process';
import { messageOf } from '@convscope/shared/message-of.js';
import { runNameProblem } from '../hub/ingest/run-name.js';
import { newToken } from '../hub/token-file.js';
import { builtFile } from '../machine/built-file.js';
import { makeFolderSync } from '../machine/make-folder.js';
import { folderForRuns, type LogdirPlace } from '../storage/logdir-place.js';
import { COMMAND_LINE_VARIABLE } from '../trainer/environment.js';
import { type TrainOptions, trainOptions } from '../trainer/options.js';
import { commandLine } from './command-line.js';
import { endProcess } from './end-process.js';
import { keepHub } from './keep-hub.js';
import { openInBrowser } from './open-in-browser.js';
import { prepareNative } from './prepare-native.js';
import { TOKEN_VARIABLE, type ToTrainer } from './process-messages.js';
import { createProgressLine } from './progress-line.js';
import { defaultRunName } from './run-name.js';
import { listenForStop } from './stop-signals.js';
import type { TrainFlags } from './train-flags.js';
import { describeOutcome } from './train-outcome.js';
import { watchTrainer } from './watch-trainer.js';

/** Ctrl-C ends everything within three seconds. A process that is still running then is killed; the spool keeps its log. */
const TRAINER_WITHIN_MS = 2_300;
const HUB_WITHIN_MS = 500;
/** Ends earlier, when the hub has taken everything or on Ctrl-C. A hub that was killed starts slowly on a busy machine. */
const HAND_OVER_WITHIN_MS = 30_000;

/**
 * @returns the exit code, as in `EXIT_CODES`; 130 when interrupted (143 by SIGTERM)
 * @throws Error with a message if the flags cannot be used or the hub cannot start
 */
export async function launch(flags: TrainFlags): Promise<number> {
  const options = optionsOf(flags);
  const name = options.name ?? defaultRunName(options.model, new Date());
  const problem = runNameProblem(name);
  if (problem !== null) throw new Error(problem);
  const logdir = makeLogdir(flags.logdir);

  const line = createProgressLine(process.stdout);
  const env = {
    ...process.env,
    [TOKEN_VARIABLE]: newToken(),
    [COMMAND_LINE_VARIABLE]: commandLine(process.argv.slice(2)),
  };
  const hub = keepHub({ flags, env, say: line.say });
  let trainer: ChildProcess | undefined;
  const stop = listenForStop(() => {
    trainer?.kill('SIGKILL');
    hub.kill();
    line.end();
    process.exit(stop.exitCode());
  });
  try {
    const page = await Promise.race([hub.listening, stop.asked]);
    if (!page) return stop.exitCode();
    line.say(`Page: ${page.url}`);
    line.say(`Logs: ${logdir}`);
    if (flags.open) await openInBrowser(page.url);
    const hint = await Promise.race([prepareNative(options.backend, line.say, stop), stop.asked]);
    if (hint) line.say(hint);
    if (stop.signal.aborted) return stop.exitCode();

    trainer = fork(builtFile(import.meta.url, './trainer-process.js'), [], {
      env,
      serialization: 'advanced',
    });
    const outcome = watchTrainer(trainer, line);
    const job: ToTrainer = {
      type: 'train',
      options,
      name,
      hubUrl: page.senderUrl,
      logdir,
      maxLogMb: flags.maxLogMb,
    };
    // Ignore send errors: if the trainer dies before it reads this, its exit reports it.
    trainer.send(job, () => undefined);
    await Promise.race([outcome, stop.asked]);
    if (stop.signal.aborted) await endProcess(trainer, { type: 'stop' }, TRAINER_WITHIN_MS);
    const ended = await outcome;
    line.end();
    // The hub takes from the spool what the trainer could not send.
    const acknowledged = ended.logged?.log.acknowledged ?? ended.failed !== undefined;
    const taken = acknowledged
      ? []
      : ((await Promise.race([hub.handOver(HAND_OVER_WITHIN_MS), stop.asked])) ?? []);
    const { code, sentences } = describeOutcome(ended, taken.includes(ended.logged?.runUid ?? ''));
    for (const sentence of sentences) line.say(sentence);
    if (stop.signal.aborted) return stop.exitCode();
    if (flags.exitWhenDone) return code;
    line.say(`The page stays at ${page.url}. Ctrl-C stops it.`);
    await stop.asked;
    return code;
  } finally {
    await hub.stop(HUB_WITHIN_MS);
  }
}

function optionsOf(flags: TrainFlags): TrainOptions {
  const parsed = trainOptions.safeParse(flags);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
  throw new Error(`These flags cannot be used. ${sentences.join('. ')}.`);
}

/** Makes the folder that the run is written into. */
function makeLogdir(places: readonly LogdirPlace[]): string {
  const logdir = folderForRuns(places);
  if (logdir === undefined) {
    throw new Error(
      'A run is written into a folder, and the first --logdir is a file or has wildcards. Put the folder first.',
    );
  }
  try {
    makeFolderSync(logdir);
    return logdir;
  } catch (error) {
    throw new Error(
      `The logdir ${logdir} cannot be created (${messageOf(error)}). Choose another with --logdir.`,
    );
  }
}
