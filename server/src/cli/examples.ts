/** The worked examples of server/examples, by name. */
import { builtFile } from '../machine/built-file.js';
import { importFile } from '../machine/load-program.js';

export interface Example {
  readonly name: string;
  /** One sentence. */
  readonly shows: string;
  /** In the project's sources. */
  readonly file: string;
}

/** What some examples take; others leave it. */
export interface ExampleOptions {
  /** Where runs lie: examples that log write there. */
  readonly logdir?: string;
  /** A folder with CIFAR-10's binary files, instead of the user's cache. */
  readonly data?: string;
  readonly signal?: AbortSignal;
}

/** What the file of an example exports. */
export interface ExampleModule {
  /** Calls `write` for each line of its output. */
  run(write: (line: string) => void, options?: ExampleOptions): Promise<void>;
}

const EXAMPLES: readonly Example[] = [
  { name: 'output-shapes', shows: 'what stride and padding do to the shape of the output' },
  { name: 'worked-example', shows: 'the 5×5 input and 3×3 kernel: stride 1, stride 2, padding 1' },
  {
    name: 'dilation-and-groups',
    shows: 'SSIM with a depthwise window, and how dilation widens the receptive field',
  },
  {
    name: 'cifar10-pictures',
    shows: 'Conv2d(3, 6, 3) over the CIFAR-10 test set, input and output logged at every step',
  },
].map((example) => ({ ...example, file: `server/examples/${example.name}.ts` }));

export function listExamples(): readonly Example[] {
  return EXAMPLES;
}

/**
 * Runs an example; its output goes to `write`, line by line.
 * @throws Error that lists the names where there is no such example, and whatever the example throws
 */
export async function runExample(
  name: string,
  write: (line: string) => void,
  options: ExampleOptions = {},
): Promise<void> {
  if (!EXAMPLES.some((example) => example.name === name)) {
    const names = EXAMPLES.map((example) => example.name).join(', ');
    throw new Error(`There is no example "${name}". There are: ${names}.`);
  }
  // server/examples is compiled to dist/examples.
  const file = builtFile(import.meta.url, `../examples/${name}.js`);
  const { run } = (await importFile(file)) as ExampleModule;
  await run(write, options);
}
