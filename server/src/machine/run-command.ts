import { spawn } from 'node:child_process';
import process from 'node:process';
import { codeOf } from './error-code.js';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Killed after this long; no limit by default. */
  readonly timeoutMilliseconds?: number;
  /** Each line of both outputs, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly endedBy: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const KEPT_CHARACTERS = 200_000;
const KILL_AFTER_MILLISECONDS = 1000;

/** The end of what a failed command printed, for a sentence to the user. */
export function lastLines(result: CommandResult, count = 12): string {
  const text = `${result.stdout}\n${result.stderr}`;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}

/**
 * Runs a command to its end. It gets a process group of its own, so that aborting or running out of time ends
 * everything that it started. Throws the signal's reason when aborted, an error with code ENOENT when there is
 * no such command; a failing command is a result.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !windows,
      windowsHide: true,
    });
    let timedOut = false;
    let killTimer: NodeJS.Timeout | undefined;

    function end(signalName: NodeJS.Signals): void {
      if (child.pid === undefined) return;
      if (windows) {
        spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
        return;
      }
      try {
        process.kill(-child.pid, signalName);
      } catch (error) {
        // The group may have ended between the decision and the signal.
        if (codeOf(error) !== 'ESRCH') throw error;
      }
    }
    function stop(): void {
      end('SIGTERM');
      killTimer = setTimeout(() => end('SIGKILL'), KILL_AFTER_MILLISECONDS);
    }
    const limit =
      options.timeoutMilliseconds === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            stop();
          }, options.timeoutMilliseconds);
    signal?.addEventListener('abort', stop, { once: true });

    function collect(stream: NodeJS.ReadableStream): () => string {
      let text = '';
      let pending = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        text = (text + chunk).slice(-KEPT_CHARACTERS);
        const lines = (pending + chunk).split(/\r\n|\n|\r/);
        pending = lines.pop() ?? '';
        for (const line of lines) if (line.trim() !== '') options.onLine?.(line);
      });
      stream.on('end', () => {
        if (pending.trim() !== '') options.onLine?.(pending);
      });
      return () => text;
    }
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);

    function settle(): void {
      clearTimeout(limit);
      clearTimeout(killTimer);
      signal?.removeEventListener('abort', stop);
    }
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('close', (code, endedBy) => {
      settle();
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code, endedBy, timedOut, stdout: stdout(), stderr: stderr() });
    });
  });
}

/** Runs a command that may not be there: undefined when it is not. */
export async function tryCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult | undefined> {
  try {
    return await runCommand(command, args, options);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
