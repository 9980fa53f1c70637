import { printable } from '@convscope/shared/printable.js';
import type { Command } from 'commander';
import { listExamples, runExample } from './examples.js';

/** `convscope examples` lists the worked examples; `convscope examples NAME` runs one. */
export function addExamplesCommand(program: Command): void {
  program
    .command('examples')
    .description('list the worked examples, or run one')
    .argument('[name]', 'the example to run')
    .option('--logdir <dir>', 'folder for the runs of examples that write logs', 'runs')
    .option('--data <dir>', "a folder with CIFAR-10's binary files; by default they are downloaded once")
    .action(async (name: string | undefined, options: { logdir: string; data?: string }) => {
      const write = (line: string) => console.log(printable(line));
      if (name === undefined) {
        const widest = Math.max(...listExamples().map((example) => example.name.length));
        for (const example of listExamples())
          write(`${example.name.padEnd(widest)}  ${example.shows} (${example.file})`);
        write('Run one with: convscope examples NAME');
        return;
      }
      await runExample(name, write, options);
    });
}
