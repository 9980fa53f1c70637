import process from 'node:process';
import type { Command } from 'commander';
import { printable } from '../machine/printable.js';

/** `convscope dump DIR`: prints the records of a run or a logdir, one per line. */
export function addDumpCommand(program: Command): void {
  program
    .command('dump')
    .description('print the records of a run (or of a whole logdir), one per line, including damage')
    .argument('<dir>', 'the folder of one run, or of several')
    .option('--json', 'print one JSON object per record', false)
    .option('--values', 'include the numbers of tensors', false)
    .action(async (directory: string, options: { json: boolean; values: boolean }) => {
      const [{ dumpRun }, { createLineWriter }] = await Promise.all([
        import('../dump/dump-run.js'),
        import('../dump/line-writer.js'),
      ]);
      const log = (sentence: string) => process.stderr.write(`${printable(sentence)}\n`);
      const { unreadFiles } = await dumpRun(directory, { ...options, log }, createLineWriter(process.stdout));
      if (unreadFiles > 0) process.exitCode = 1;
    });
}
