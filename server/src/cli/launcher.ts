/**
 * Starts the hub and the training process, shows how it goes, and ends them in the right order: the trainer
 * first (its last acknowledgement included), then the hub. A crash of one never ends the other.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import process from 'node:process';
import { builtFile } from '../built-file.js';
import { newToken } from '../hub/token-file.js';
import { trainOptions } from '../trainer/options.js';
import { openInBrowser } from './open-in-browser.js';
import { prepareNative } from './prepare-native.js';
import {
  type FromHub,
  type FromTrainer,
  TOKEN_VARIABLE,
  type ToHub,
  type ToTrainer,
} from './process-messages.js';
import { createProgressLine } from './progress-line.js';
import { defaultRunName } from './run-name.js';
import type { TrainFlags } from './train-command.js';

/** Ctrl-C ends everything within three seconds: what has not ended by then is killed; the spool keeps its log. */
const TRAINER_WITHIN_MS = 2_300;
const HUB_WITHIN_MS = 500;
/** A hub that dies this often in a minute is left alone; training goes on into the spool. */
const MOST_HUB_RESTARTS = 5;

/** @returns the exit code: 0 completed, 1 failed, 130 interrupted (143 by SIGTERM). */
export async function launch(flags: TrainFlags): Promise<number> {
  const options = trainOptions.parse(flags);
  mkdirSync(flags.logdir, { recursive: true });
  const line = createProgressLine(process.stdout);
  const token = newToken();
  const env = { ...process.env, [TOKEN_VARIABLE]: token };
  const name = options.name ?? defaultRunName(options.model, new Date());

  let stopping: NodeJS.Signals | undefined;
  let signals = 0;
  let trainer: ChildProcess | undefined;
  let hub: ChildProcess | undefined;
  let wake: () => void = () => undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    stopping ??= signal;
    if (++signals > 1) {
      trainer?.kill('SIGKILL');
      hub?.kill('SIGKILL');
      process.exit(codeOf(stopping));
    }
    wake();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const stopAsked = new Promise<void>((resolve) => {
    wake = resolve;
  });

  const started = startHub(
    flags,
    env,
    line.say,
    () => stopping !== undefined,
    (child) => {
      hub = child;
    },
  );
  const page = await Promise.race([started, stopAsked.then(() => undefined)]);
  if (page === undefined) {
    await endProcess(hub, { type: 'stop' }, HUB_WITHIN_MS);
    return codeOf(stopping ?? 'SIGINT');
  }
  line.say(`Page: ${page.url}`);
  line.say(`Logs: ${flags.logdir}`);
  if (flags.open) await openInBrowser(page.url);
  const hint = await Promise.race([
    prepareNative(options.backend, line.say),
    stopAsked.then(() => undefined),
  ]);
  if (hint) line.say(hint);

  let code = 1;
  if (stopping === undefined) {
    trainer = fork(builtFile(import.meta.url, './trainer-process.js'), [], {
      env,
      serialization: 'advanced',
    });
    const outcome = watchTrainer(trainer, line);
    const host =
      flags.host === undefined || flags.host === '0.0.0.0' || flags.host === '::' ? '127.0.0.1' : flags.host;
    const job: ToTrainer = {
      type: 'train',
      options,
      name,
      hubUrl: `http://${host.includes(':') ? `[${host}]` : host}:${page.port}`,
      logdir: flags.logdir,
      maxLogMb: flags.maxLogMb,
    };
    trainer.send(job);
    const first = await Promise.race([outcome, stopAsked.then(() => undefined)]);
    if (first === undefined) await endProcess(trainer, { type: 'stop' }, TRAINER_WITHIN_MS);
    const ended = await outcome;
    line.end();
    for (const sentence of ended.sentences) process.stdout.write(`${sentence}\n`);
    code = ended.code;
  }
  if (stopping === undefined && !flags.exitWhenDone) {
    process.stdout.write(`The page stays at ${page.url}. Ctrl-C ends it.\n`);
    await stopAsked;
    stopping = stopping ?? 'SIGINT';
    await endProcess(hub, { type: 'stop' }, HUB_WITHIN_MS);
    return code;
  }
  const signal = stopping;
  stopping ??= 'SIGTERM';
  await endProcess(hub, { type: 'stop' }, HUB_WITHIN_MS);
  return signal === undefined ? code : codeOf(signal);
}

function codeOf(signal: NodeJS.Signals): number {
  return signal === 'SIGTERM' ? 143 : 130;
}

/** Asks a process to end, and kills it when it has not within the time. Resolves when it is gone. */
async function endProcess(
  child: ChildProcess | undefined,
  message: ToHub | ToTrainer,
  withinMs: number,
): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    if (child.connected) child.send(message);
    else child.kill('SIGTERM');
  });
}

/** Resolves when the first hub listens; later ones take its port. @throws when the first one cannot start. */
function startHub(
  flags: TrainFlags,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
  isStopping: () => boolean,
  current: (child: ChildProcess) => void,
): Promise<{ url: string; port: number }> {
  const { logdir, host, allowHost, basePath } = flags;
  let restarts: number[] = [];
  return new Promise((resolve, reject) => {
    let listening: { url: string; port: number } | undefined;
    const begin = () => {
      const child = fork(builtFile(import.meta.url, './hub-process.js'), [], { env });
      current(child);
      const port = listening?.port ?? flags.port;
      const message: ToHub = {
        type: 'serve',
        strictPort: listening !== undefined,
        flags: {
          logdir,
          ...(port === undefined ? {} : { port }),
          ...(host === undefined ? {} : { host }),
          ...(allowHost === undefined ? {} : { allowHost }),
          ...(basePath === undefined ? {} : { basePath }),
        },
      };
      child.send(message);
      child.on('message', (answer: FromHub) => {
        if (answer.type === 'log') say(answer.line);
        else if (answer.type === 'failed') {
          if (listening) say(answer.error);
          else reject(new Error(answer.error));
        } else {
          if (listening) say(`The hub is back at ${answer.url}`);
          listening = { url: answer.url, port: answer.port };
          resolve(listening);
        }
      });
      child.on('exit', (code, signal) => {
        if (isStopping()) return;
        if (!listening) {
          reject(new Error(`The hub ended before it listened (${signal ?? `exit code ${code}`}).`));
          return;
        }
        const now = Date.now();
        restarts = [...restarts.filter((at) => now - at < 60_000), now];
        if (restarts.length > MOST_HUB_RESTARTS) {
          say(
            'The hub keeps ending and is not started again. Training goes on; its log waits in the spool for the next start.',
          );
          return;
        }
        say(`The hub ended (${signal ?? `exit code ${code}`}) and is started again; training goes on.`);
        setTimeout(begin, 100 * 2 ** (restarts.length - 1));
      });
    };
    begin();
  });
}

/** Resolves when the trainer is gone, with what to say of it. */
function watchTrainer(
  trainer: ChildProcess,
  line: ReturnType<typeof createProgressLine>,
): Promise<{ code: number; sentences: string[] }> {
  let end: Extract<FromTrainer, { type: 'ended' | 'failed' }> | undefined;
  trainer.on('message', (message: FromTrainer) => {
    if (message.type === 'progress') line.show(message.progress);
    else if (message.type === 'log') line.say(message.line);
    else end = message;
  });
  return new Promise((resolve) => {
    trainer.once('exit', (exitCode, signal) => {
      if (end === undefined) {
        const how = signal ?? `exit code ${exitCode}`;
        resolve({
          code: 1,
          sentences: [
            `The training process ended without a word (${how}). What it logged is kept; the next start hands over what the hub has not.`,
          ],
        });
        return;
      }
      if (end.type === 'failed') return resolve({ code: 1, sentences: [end.error] });
      const { result, path, acknowledged } = end;
      const accuracy = result.test
        ? `, test accuracy ${(result.test.accuracy * 100).toFixed(2)} % at step ${result.test.step}`
        : '';
      const sentences = [
        `Run ${result.reason} after ${result.steps} steps in ${result.seconds.toFixed(1)} s${accuracy}.`,
      ];
      if (result.error) sentences.push(result.error);
      if (result.weights) sentences.push(`Weights: ${result.weights}`);
      if (path !== undefined) sentences.push(`Run: ${path}`);
      if (!acknowledged)
        sentences.push(
          'The hub has not taken all of the log: the rest waits in the spool for the next start.',
        );
      resolve({ code: result.reason === 'failed' ? 1 : 0, sentences });
    });
  });
}
