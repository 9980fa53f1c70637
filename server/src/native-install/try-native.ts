import process from 'node:process';
import { builtFile } from '../machine/built-file.js';
import { lastLines, runCommand } from '../machine/run-command.js';
import { SMOKE_MARK, type SmokeReport, smokeReportSchema } from './smoke-report.js';

export type TryResult =
  | {
      readonly ok: true;
      readonly report: SmokeReport;
      /** CUDA libraries that TensorFlow did not find; it then computes on the CPU. */
      readonly missingGpuLibraries: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

const TRY_MILLISECONDS = 120_000;

/** Loads the package in a child process and runs the smoke test. Never throws because of the package. */
export async function tryNative(directory: string, signal?: AbortSignal): Promise<TryResult> {
  const result = await runCommand(
    process.execPath,
    [builtFile(import.meta.url, './smoke-test.js'), directory],
    {
      // Level 1 keeps warnings, which name the missing CUDA libraries.
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '1' },
      signal,
      timeoutMilliseconds: TRY_MILLISECONDS,
    },
  );
  const line = result.stdout.split('\n').find((text) => text.startsWith(SMOKE_MARK));
  if (result.code === 0 && line !== undefined) {
    const report = smokeReportSchema.parse(JSON.parse(line.slice(SMOKE_MARK.length)));
    const missing = new Set<string>();
    for (const match of result.stderr.matchAll(/Could not load dynamic library '([^']+)'/g))
      missing.add(match[1] ?? '');
    if (/Cannot dlopen some GPU libraries/.test(result.stderr) && missing.size === 0)
      missing.add('CUDA or cuDNN');
    return { ok: true, report, missingGpuLibraries: [...missing] };
  }
  if (result.timedOut)
    return { ok: false, reason: `it did not load and compute within ${TRY_MILLISECONDS / 1000} s` };
  if (result.endedBy !== null) return { ok: false, reason: `the native library crashed (${result.endedBy})` };
  const error = /^(?:Uncaught )?(?:\w*Error): (.*)$/m.exec(result.stderr)?.[1];
  return { ok: false, reason: error ?? lastLines(result, 3) };
}
