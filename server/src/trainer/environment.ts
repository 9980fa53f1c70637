import { execFile } from 'node:child_process';
import os from 'node:os';
import process from 'node:process';
import { promisify } from 'node:util';
import { packageVersion } from '../machine/package-version.js';
import type { Backend } from '../tfjs/backend.js';

/** Environment variable with the command that started this process by way of another one. */
export const COMMAND_LINE_VARIABLE = 'CONVSCOPE_COMMAND_LINE';

/** Describes the environment of a run for the log: versions, backend and library, host, git commit, command line. */
export async function describeEnvironment(backend: Backend): Promise<Record<string, string>> {
  const commit = await gitCommit();
  return {
    convscope: packageVersion(),
    node: process.version,
    tfjs: backend.tf.version['tfjs-core'],
    backend: backend.name,
    library: backend.library,
    device: backend.device,
    threads: backend.threads === undefined ? 'chosen by the library' : String(backend.threads),
    backendDescription: backend.describe(),
    ...Object.fromEntries(backend.rejected.map(({ name, reason }) => [`not ${name}`, reason])),
    host: os.hostname(),
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    cpu: `${os.cpus()[0]?.model ?? 'unknown'} (${os.availableParallelism()} usable)`,
    memoryMb: String(Math.round(os.totalmem() / (1024 * 1024))),
    ...(commit === undefined ? {} : { gitCommit: commit }),
    workingDirectory: process.cwd(),
    commandLine: process.env[COMMAND_LINE_VARIABLE] ?? process.argv.join(' '),
  };
}

/** The commit of the working directory; undefined without git or a repository. */
async function gitCommit(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { timeout: 2000 });
    return stdout.trim() || undefined;
  } catch (error) {
    // Git is missing, or the directory is not in a repository with a commit.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
