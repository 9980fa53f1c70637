import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { tryCommand } from '../machine/run-command.js';

/** An error whose message tells the user what is missing, what it is for, and how to get it. */
export class InstallError extends Error {
  override name = 'InstallError';
}

const PYTHON_HINT =
  'Install Python 3 with pip (Debian, Ubuntu: `sudo apt install python3-pip`; Fedora: `sudo dnf install python3-pip`), ' +
  'or name another Python in CONVSCOPE_PYTHON; then run this again.';
const COMPILER_HINT =
  'Install one (Debian, Ubuntu: `sudo apt install g++`; Fedora: `sudo dnf install gcc-c++`), ' +
  'or name another in CXX; then run this again.';

/** A command and its leading arguments. */
export interface Launcher {
  readonly command: string;
  readonly args: readonly string[];
}

/** Finds a Python with pip. @throws InstallError that names what was looked for */
export async function findPython(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Launcher> {
  const named = env.CONVSCOPE_PYTHON;
  const candidates: Launcher[] =
    named !== undefined && named !== ''
      ? [{ command: named, args: [] }]
      : [
          { command: 'python3', args: [] },
          { command: 'python', args: [] },
          ...(process.platform === 'win32' ? [{ command: 'py', args: ['-3'] }] : []),
        ];
  const withoutPip: string[] = [];
  for (const candidate of candidates) {
    const result = await tryCommand(candidate.command, [...candidate.args, '-m', 'pip', '--version'], {
      env,
      signal,
    });
    if (result === undefined) continue;
    if (result.code === 0) return candidate;
    withoutPip.push(candidate.command);
  }
  const looked = candidates.map((candidate) => candidate.command).join(', ');
  if (withoutPip.length > 0) {
    throw new InstallError(
      `${withoutPip.join(' and ')} was found but has no pip, which fetches TensorFlow's library from PyPI. ${PYTHON_HINT}`,
    );
  }
  throw new InstallError(
    `No Python was found (looked for ${looked}); its pip fetches TensorFlow's library from PyPI. ${PYTHON_HINT}`,
  );
}

/** Finds a C++ compiler. @throws InstallError that names what was looked for */
export async function findCompiler(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const named = env.CXX;
  const candidates = named !== undefined && named !== '' ? [named] : ['g++', 'c++', 'clang++'];
  for (const candidate of candidates) {
    const result = await tryCommand(candidate, ['--version'], { env, signal });
    if (result?.code === 0) return candidate;
  }
  throw new InstallError(
    `No C++ compiler was found (looked for ${candidates.join(', ')}); it builds the small addon between Node and TensorFlow. ${COMPILER_HINT}`,
  );
}

/** The npm that runs this process, or the one in PATH. */
export function npmCommand(env: NodeJS.ProcessEnv): Launcher {
  // Windows cannot start `npm.cmd` without a shell, so run npm's script beside Node.
  const beside = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const script = env.npm_execpath ?? (process.platform === 'win32' ? beside : undefined);
  if (script !== undefined && /npm-cli\.c?js$/.test(script) && existsSync(script)) {
    return { command: process.execPath, args: [script] };
  }
  return { command: 'npm', args: [] };
}
