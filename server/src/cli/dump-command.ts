import process from 'node:process';
import type { Command } from 'commander';

/** `convscope dump DIR`: what a run or a logdir holds, a line a record. */
export function addDumpCommand(program: Command): void {
  program
    .command('dump')
    .description('print what a run (or a whole logdir) holds, a line a record, damage included')
    .argument('<dir>', 'the folder of the run, or of many')
    .option('--json', 'one JSON object a record', false)
    .option('--values', 'with the numbers of tensors', false)
    .action(async (directory: string, options: { json: boolean; values: boolean }) => {
      const [{ dumpRun }, { createLineWriter }] = await Promise.all([
        import('../dump/dump-run.js'),
        import('../dump/line-writer.js'),
      ]);
      await dumpRun(directory, options, createLineWriter(process.stdout));
    });
}
