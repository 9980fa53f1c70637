import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { printable } from '@convscope/shared/printable.js';
import type { Command } from 'commander';

interface ExportFlags {
  readonly output: string;
  readonly logdir: string;
  readonly steps?: string;
  readonly layers?: string;
  readonly probes?: string;
}

/** `convscope export RUN`: writes a run as one HTML file. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write a run as one HTML file that opens from disk, without a server or network')
    .argument('<run>', 'the name of a run in the logdir, or the path of its folder')
    .option('-o, --output <file>', 'where to write it', 'run.html')
    .option('--logdir <dir>', 'where the run is looked for', './runs')
    .option('--steps <steps>', 'only the captures at these steps, such as 0,10,100-200:10')
    .option('--layers <names>', 'only the captures of these layers, such as conv1,conv2')
    .option('--probes <numbers>', 'only these pictures of feature maps, such as 0,3')
    .action(async (run: string, flags: ExportFlags) => {
      const { exportToFile } = await import('../export/export-run.js');
      const say = (sentence: string) => process.stderr.write(`${printable(sentence)}\n`);
      const bytes = await exportToFile({
        run,
        ...flags,
        clientDirectory: fileURLToPath(new URL('../../../client/dist', import.meta.url)),
        sized: ({ most, log, gaps }) => {
          say(
            `${flags.output} will take at most ${inMegabytes(most)}: ${inMegabytes(log)} of log, and the page.`,
          );
          if (gaps > 0) say(`${gaps} damaged parts of the log are left out; export all of it to keep them.`);
        },
      });
      say(`Wrote ${flags.output}, ${inMegabytes(bytes)}. Open it in a browser.`);
    });
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
