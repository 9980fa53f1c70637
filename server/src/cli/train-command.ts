import process from 'node:process';
import { CAPTURE_BUDGET } from '@convscope/shared/capture-cost.js';
import { parseCaptureSteps } from '@convscope/shared/capture-steps.js';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { runNameProblem } from '../hub/ingest/run-name.js';
import { parseLogdir } from '../storage/logdir-place.js';
import { EXIT_CODES_HELP } from './exit-codes.js';
import { anyNumber, wholeNumber } from './flag-values.js';
import { addHubFlags, type HubFlagTexts } from './hub-flags.js';
import type { TrainFlags } from './train-flags.js';

/** @throws InvalidArgumentError if the text cannot be the name of a run */
function runName(text: string): string {
  const problem =
    runNameProblem(text) ??
    (text.length > LONGEST_NAME ? `It is longer than ${LONGEST_NAME} characters.` : null);
  if (problem !== null) throw new InvalidArgumentError(problem);
  return text;
}
const LONGEST_NAME = 200;

const captureEvery = (text: string): number | 'auto' =>
  text === 'auto' ? 'auto' : wholeNumber({ least: 0 })(text);

/** @throws InvalidArgumentError if the text is not a list of steps */
function captureAt(text: string): string {
  const parsed = parseCaptureSteps(text);
  if ('error' in parsed) throw new InvalidArgumentError(parsed.error);
  return text;
}

/** `convscope train`: trains a net and shows it live. */
export function addTrainCommand(program: Command): void {
  addHubFlags(
    program
      .command('train')
      .description('train a small conv net on CIFAR-10 and show it live')
      .option('--epochs <n>', 'passes over the training set (default: 10)', wholeNumber({ least: 1 }))
      .option('--steps <n>', 'stop after this many updates', wholeNumber({ least: 1 }))
      .option('--batch <n>', 'pictures per batch (default: 64)', wholeNumber({ least: 1, most: 4096 }))
      .option(
        '--lr <x>',
        'peak learning rate (default: 0.05 for sgd, 0.005 with synthetic pictures, 0.001 for adam and adamw)',
        anyNumber({ above: 0 }),
      )
      .addOption(new Option('--optimizer <name>', 'default: sgd').choices(['sgd', 'adam', 'adamw']))
      .option('--momentum <x>', 'momentum of sgd (default: 0.9)', anyNumber({ least: 0, below: 1 }))
      .option('--weight-decay <x>', 'default: 0.0005', anyNumber({ least: 0 }))
      .addOption(
        new Option('--schedule <name>', 'learning rate schedule; default: cosine').choices([
          'cosine',
          'constant',
          'step',
        ]),
      )
      .option(
        '--seed <n>',
        'seed of weights, shuffling and augmentation (default: 1)',
        wholeNumber({ least: 0 }),
      )
      .addOption(new Option('--model <name>', 'default: convnet').choices(['convnet', 'lenet', 'resnet8']))
      .addOption(
        new Option('--backend <name>', 'default: the best that loads').choices([
          'tfjs-node-gpu',
          'tfjs-node',
          'wasm',
          'cpu',
        ]),
      )
      .option(
        '--threads <n>',
        'threads that compute (default: all cores, on wasm all but one)',
        wholeNumber({ least: 1, most: 256 }),
      )
      .option(
        '--data <dir>',
        'the official binary batches, or "synthetic" for made-up pictures (default: CIFAR-10, downloaded once)',
      )
      .option(
        '--capture-every <n>',
        'steps between captures; 0 for none, auto to adapt to their measured cost (default: auto)',
        captureEvery,
      )
      .option(
        '--capture-at <steps>',
        'capture at these steps as well, whatever they cost, such as 10,50,100-200:10',
        captureAt,
      )
      .option(
        '--capture-budget <percent>',
        `by how much captures may slow training down; auto keeps to it (default: ${CAPTURE_BUDGET.usual} % of the training time)`,
        anyNumber({ least: CAPTURE_BUDGET.least, most: CAPTURE_BUDGET.most }),
      )
      .option('--capture-gradients', 'also capture the gradients of the activations')
      .option(
        '--max-log-mb <n>',
        'size limit of the log, 0 for none: near it captures become rarer, then stop; scalars continue',
        wholeNumber({ least: 0 }),
        2048,
      )
      .option('--name <name>', 'name of the run (default: model and time)', runName)
      .option('--no-open', 'do not open a browser')
      .option('--exit-when-done', 'exit when training ends, with one of the codes below', false)
      .addHelpText('after', EXIT_CODES_HELP),
  ).action(async (flags: HubFlagTexts<TrainFlags>) => {
    const { launch } = await import('./launcher.js');
    process.exitCode = await launch({ ...flags, logdir: flags.logdir.map(parseLogdir) });
  });
}
