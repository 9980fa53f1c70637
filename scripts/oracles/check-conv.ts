/** Holds an implementation of convolution against oracles/conv, case by case. */
import { messageOf } from '@convscope/shared/message-of.js';
import type { ConvCall, ConvOracles, InitCase, OracleTensor, ValueCase } from './conv-files.js';

/** Row-major, whatever the implementation computes with. */
export interface ConvResult {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

export interface ConvImplementation {
  readonly name: string;
  /** Largest error allowed, in units of 1 + |expected|. */
  readonly tolerance: number;
  forward(test: ValueCase): Promise<ConvResult>;
  /** Gradients of Σ output·gradOutput. */
  gradients(
    test: ValueCase,
    gradOutput: OracleTensor,
  ): Promise<{
    readonly input: ConvResult;
    readonly weight: ConvResult;
    readonly bias: ConvResult | undefined;
  }>;
  /** The output's shape [.., H, W], or the refusal thrown. */
  call(call: ConvCall): Promise<readonly number[]>;
  /** Fresh default weights of a module, as many times as asked. */
  initialise(
    test: InitCase,
    times: number,
  ): Promise<{ readonly weights: readonly ConvResult[]; readonly biases: readonly ConvResult[] }>;
}

export interface Check {
  readonly file: string;
  readonly what: string;
  readonly name: string;
  /** What went wrong; undefined for a pass. */
  readonly failure: string | undefined;
  /** Error in units of what is allowed, where numbers were compared. */
  readonly error?: number;
}

/** The sets in some of PyTorch's messages print in another order from run to run. */
export function comparable(message: string): string {
  const sorted = message.replace(
    /\{([^{}]*)\}/g,
    (_, names: string) => `{${names.split(', ').sort().join(', ')}}`,
  );
  return sorted.trimEnd();
}

/** Runs every case of every file. */
export async function checkConv(
  implementation: ConvImplementation,
  oracles: ConvOracles,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const add = async (file: string, what: string, name: string, run: () => Promise<number | undefined>) => {
    try {
      const error = await run();
      const failure =
        error !== undefined && !(error <= 1)
          ? `off by ${error.toPrecision(3)} times what is allowed`
          : undefined;
      checks.push({ file, what, name, failure, ...(error === undefined ? {} : { error }) });
    } catch (cause) {
      checks.push({ file, what, name, failure: messageOf(cause) });
    }
  };
  for (const test of oracles.values) {
    await add('conv2d.json', test.shapeOnly ? 'shape' : 'output', test.name, () =>
      checkOutput(implementation, test),
    );
    const { gradients } = test;
    if (gradients)
      await add('conv2d.json', 'gradients', test.name, () => checkGradients(implementation, test, gradients));
  }
  for (const test of oracles.refusals) {
    await add('conv2d-errors.json', 'refused', test.name, () => checkRefusal(implementation, test));
  }
  for (const test of oracles.accepted) {
    await add('conv2d-errors.json', 'accepted', test.name, async () => {
      expectShape(await implementation.call(test.call), test.outputShape);
      return undefined;
    });
  }
  for (const [index, test] of oracles.shapes.entries()) {
    const { input, weight, stride, padding, dilation, groups } = test;
    await add('output-shape.json', 'shape', `case ${index}`, async () => {
      const shape = await implementation.call({
        call: 'F.conv2d',
        inputShape: input,
        weightShape: weight,
        biasShape: undefined,
        options: { stride, padding, dilation, groups },
      });
      expectShape(shape, [input[0]!, weight[0]!, ...test.outputSize]);
      return undefined;
    });
  }
  for (const test of oracles.inits) {
    await add('init.json', 'initialisation', test.name, () => checkInitialisation(implementation, test));
  }
  return checks;
}

function expectShape(actual: readonly number[], expected: readonly number[]): void {
  if (actual.join() !== expected.join())
    throw new Error(`shape [${actual.join(', ')}], expected [${expected.join(', ')}]`);
}

/** The largest error in units of tolerance·(1 + |expected|)·scale. NaN and infinities must be met exactly. */
function largestError(actual: ConvResult, expected: OracleTensor, tolerance: number, scale = 1): number {
  expectShape(actual.shape, expected.shape);
  if (actual.data.length !== expected.data.length) {
    throw new Error(`${actual.data.length} values, expected ${expected.data.length}`);
  }
  let largest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [actual.data[i]!, expected.data[i]!];
    if (Object.is(a, b)) continue;
    const error = Math.abs(a - b) / (tolerance * (1 + Math.abs(b)) * scale);
    largest = Math.max(largest, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return largest;
}

async function checkOutput(implementation: ConvImplementation, test: ValueCase): Promise<number | undefined> {
  if (test.shapeOnly) {
    const { stride, padding, dilation, groups } = test;
    const options = { stride, padding, dilation, groups };
    const [inputShape, weightShape, biasShape] = [test.input.shape, test.weight.shape, test.bias?.shape];
    expectShape(
      await implementation.call({ call: 'F.conv2d', inputShape, weightShape, biasShape, options }),
      test.output.shape,
    );
    return undefined;
  }
  // Said so in the oracles' README: where the numbers are large, what cancels leaves a large error.
  const largest = test.output.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = test.name === 'large-magnitudes' ? Math.max(1, largest) : 1;
  return largestError(await implementation.forward(test), test.output, implementation.tolerance, scale);
}

async function checkGradients(
  implementation: ConvImplementation,
  test: ValueCase,
  expected: NonNullable<ValueCase['gradients']>,
): Promise<number> {
  const actual = await implementation.gradients(test, expected.output);
  const { tolerance } = implementation;
  const errors = [
    largestError(actual.input, expected.input, tolerance),
    largestError(actual.weight, expected.weight, tolerance),
  ];
  if (expected.bias) {
    if (!actual.bias) throw new Error('no gradient for the bias');
    errors.push(largestError(actual.bias, expected.bias, tolerance));
  }
  return Math.max(...errors);
}

async function checkRefusal(
  implementation: ConvImplementation,
  test: ConvOracles['refusals'][number],
): Promise<undefined> {
  let shape: readonly number[];
  try {
    shape = await implementation.call(test.call);
  } catch (cause) {
    const { message, pytorchType } = cause as Error & { pytorchType?: string };
    if (comparable(message) !== comparable(test.message))
      throw new Error(`said "${message}", expected "${test.message}"`);
    if (pytorchType !== test.type) throw new Error(`a ${pytorchType}, expected a ${test.type}`);
    return undefined;
  }
  throw new Error(`accepted, with shape [${shape.join(', ')}]; expected "${test.message}"`);
}

/** Enough draws for the deviation to be known within a per cent or so. */
const DRAWS = 40_000;

async function checkInitialisation(implementation: ConvImplementation, test: InitCase): Promise<number> {
  const size = test.weightShape.reduce((a, b) => a * b, 1);
  const { weights, biases } = await implementation.initialise(test, Math.ceil(DRAWS / size));
  const parameters = size + (biases[0]?.data.length ?? 0);
  if (parameters !== test.parameters)
    throw new Error(`${parameters} parameters, expected ${test.parameters}`);
  const drawn = weights.flatMap((weight) => {
    expectShape(weight.shape, test.weightShape);
    return Array.from(weight.data);
  });
  expectUniform(drawn, test.weightBound, 'weights');
  if (test.biasShape === undefined) {
    if (biases.length > 0) throw new Error('has a bias, expected none');
  } else {
    for (const bias of biases) expectShape(bias.shape, test.biasShape);
    expectUniform(
      biases.flatMap((bias) => Array.from(bias.data)),
      test.biasBound!,
      'biases',
    );
  }
  const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length);
  // Five standard errors of the sample deviation of a uniform distribution.
  return Math.abs(deviation / test.weightDeviation - 1) / (5 * Math.sqrt(0.2 / drawn.length));
}

/** Within the bound, and reaching to near both ends of it. */
function expectUniform(values: readonly number[], bound: number, what: string): void {
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  // float32 rounds the bound itself by up to 6e-8 of it.
  const limit = bound * (1 + 1e-6);
  const near = bound * (1 - 20 / values.length);
  if (least < -limit || most > limit)
    throw new Error(`${what} from ${least} to ${most}, beyond the bound ${bound}`);
  if (least > -near || most < near)
    throw new Error(`${what} from ${least} to ${most} do not fill the bound ${bound}`);
}
