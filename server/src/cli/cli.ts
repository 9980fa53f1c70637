/** The command line. Commands load what they need when they run: help and the launcher stay light. */

import process from 'node:process';
import { messageOf } from '@convscope/shared/message-of.js';
import { printable, printableLines } from '@convscope/shared/printable.js';
import { Command } from 'commander';
import { packageVersion } from '../machine/package-version.js';
import { addDoctorCommand } from './doctor-command.js';
import { addDumpCommand } from './dump-command.js';
import { addExamplesCommand } from './examples-command.js';
import { addExportCommand } from './export-command.js';
import { addServeCommand } from './serve-command.js';
import { addTrainCommand } from './train-command.js';

export function createProgram(): Command {
  const program = new Command('convscope')
    .description('A live training dashboard for convolutional networks.')
    .version(packageVersion())
    .configureOutput({ writeErr: (text) => process.stderr.write(printableLines(text)) })
    .showSuggestionAfterError()
    .showHelpAfterError('(--help lists the flags)');
  addTrainCommand(program);
  addServeCommand(program);
  addDumpCommand(program);
  addExportCommand(program);
  addDoctorCommand(program);
  addExamplesCommand(program);
  return program;
}

/** Runs a command. If it fails, prints the message and sets the exit code to 1. @param argv like process.argv */
export async function run(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    const trace = process.env['CONVSCOPE_DEBUG'] && error instanceof Error ? error.stack : undefined;
    process.stderr.write(
      `convscope: ${trace === undefined ? printable(messageOf(error)) : printableLines(trace)}\n`,
    );
    process.exitCode = 1;
  }
}
