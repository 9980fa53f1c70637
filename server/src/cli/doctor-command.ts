import process from 'node:process';
import { printable, printableJson, printableLines } from '@convscope/shared/printable.js';
import { DEFAULT_PORT } from '@convscope/shared/protocol/limits.js';
import type { Command } from 'commander';
import { folderForRuns, parseLogdir } from '../storage/logdir-place.js';
import { addHubFlags, type HubFlagTexts } from './hub-flags.js';

/** `convscope doctor`: reports what works on this machine, what does not, and what to do about it. */
export function addDoctorCommand(program: Command): void {
  addHubFlags(
    program
      .command('doctor')
      .description('report what works on this machine, what does not, and what to do about it'),
  )
    .option('--json', 'print the report as JSON', false)
    .option('--install-native', 'install tfjs-node and tfjs-node-gpu into the user’s cache', false)
    .action(async (flags: HubFlagTexts & { json: boolean; installNative: boolean }) => {
      if (flags.installNative) return install();
      const [{ doctor }, { formatDoctorReport }] = await Promise.all([
        import('../doctor/doctor.js'),
        import('../doctor/format-report.js'),
      ]);
      const places = flags.logdir.map(parseLogdir);
      const report = await doctor({
        logdir: folderForRuns(places) ?? places[0]!.path,
        port: flags.port ?? DEFAULT_PORT,
        ...(flags.host === undefined ? {} : { host: flags.host }),
      });
      process.stdout.write(
        flags.json
          ? `${printableJson(JSON.stringify(report, null, 2))}\n`
          : printableLines(formatDoctorReport(report)),
      );
      process.exitCode = report.ok ? 0 : 1;
    });
}

async function install(): Promise<void> {
  const { installNative } = await import('../native-install/install-native.js');
  const stop = new AbortController();
  process.once('SIGINT', () =>
    stop.abort(new Error('The installation was interrupted; nothing incomplete is left behind.')),
  );
  process.once('SIGTERM', () =>
    stop.abort(new Error('The installation was ended; nothing incomplete is left behind.')),
  );
  const report = await installNative({
    onProgress: (line) => process.stdout.write(`${printable(line)}\n`),
    signal: stop.signal,
  });
  for (const { name, outcome, seconds, library, error } of report.packages) {
    // An error may quote the last lines of npm or a compiler.
    process.stdout.write(
      printableLines(
        `${name}: ${outcome}${library ? ` (${library})` : ''}${outcome === 'installed' ? ` in ${seconds.toFixed(0)} s` : ''}${error ? `. ${error}` : ''}\n`,
      ),
    );
  }
  process.exitCode = report.ok ? 0 : 1;
}
