import process from 'node:process';
import { printable } from '@convscope/shared/printable.js';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DUMP_FORMATS, DUMPED_KINDS, type DumpFormat } from '../dump/dump-filter.js';
import { collect, wholeNumber } from './flag-values.js';

interface DumpFlags {
  readonly format: DumpFormat;
  readonly json?: true;
  readonly values: boolean;
  readonly tag?: string[];
  readonly kind?: string[];
  readonly from?: number;
  readonly to?: number;
}

/** `convscope dump DIR`: prints the records of a run or a logdir, one per line. */
export function addDumpCommand(program: Command): void {
  program
    .command('dump')
    .description('print the records of a run (or of a whole logdir), one per line, including damage')
    .argument('<dir>', 'the folder of one run, or of several')
    .addOption(new Option('--format <format>', 'how to print records').choices(DUMP_FORMATS).default('table'))
    .option('--json', 'the same as --format json')
    .option('--tag <tag>', 'only this tag, in which * stands for any characters; repeat it for more', collect)
    .option(
      '--kind <kind>',
      `only this kind of record (${DUMPED_KINDS.join(', ')}); repeat it for more`,
      collectKinds,
    )
    .option('--from <step>', 'from this step on', wholeNumber())
    .option('--to <step>', 'up to this step', wholeNumber())
    .option('--values', 'with JSON: include the numbers of tensors and feature maps', false)
    .action(async (directory: string, flags: DumpFlags) => {
      const [{ dumpRun }, { createLineWriter }] = await Promise.all([
        import('../dump/dump-run.js'),
        import('../dump/line-writer.js'),
      ]);
      const log = (sentence: string) => process.stderr.write(`${printable(sentence)}\n`);
      const { values, from, to, tag: tags, kind: kinds } = flags;
      const format = flags.json ? 'json' : flags.format;
      const { unread } = await dumpRun(
        directory,
        { format, values, tags, kinds, from, to, log },
        createLineWriter(process.stdout),
      );
      if (unread > 0) process.exitCode = 1;
    });
}

function collectKinds(kind: string, previous?: readonly string[]): string[] {
  if (!DUMPED_KINDS.some((known) => known === kind))
    throw new InvalidArgumentError(`It must be one of ${DUMPED_KINDS.join(', ')}.`);
  return collect(kind, previous);
}
