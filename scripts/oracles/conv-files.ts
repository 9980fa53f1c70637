/** The files of oracles/conv: what PyTorch computed, refused and accepted. See the oracles' own README. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface OracleTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

type ScalarOrList = number | readonly number[];

export interface ValueCase {
  readonly name: string;
  readonly input: OracleTensor;
  readonly weight: OracleTensor;
  readonly bias: OracleTensor | undefined;
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number] | 'same' | 'valid';
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly paddingMode: 'zeros' | 'reflect' | 'replicate' | 'circular';
  readonly output: OracleTensor;
  readonly shapeOnly: boolean;
  readonly gradients:
    | {
        readonly output: OracleTensor;
        readonly input: OracleTensor;
        readonly weight: OracleTensor;
        readonly bias: OracleTensor | undefined;
      }
    | undefined;
}

/** A call of F.conv2d, or the construction of an nn.Conv2d and a call of it; arguments as the file has them. */
export type ConvCall = { readonly inputShape: readonly number[] } & (
  | {
      readonly call: 'F.conv2d';
      readonly weightShape: readonly number[];
      readonly biasShape: readonly number[] | undefined;
      readonly options: Readonly<Record<'stride' | 'padding' | 'dilation' | 'groups', unknown>>;
    }
  | { readonly call: 'nn.Conv2d'; readonly module: Readonly<Record<string, unknown>> }
);

export interface RefusalCase {
  readonly name: string;
  readonly call: ConvCall;
  readonly message: string;
  readonly type: string;
}

export interface AcceptedCase {
  readonly name: string;
  readonly call: ConvCall;
  readonly outputShape: readonly number[];
}

export interface ShapeCase {
  readonly input: readonly number[];
  readonly weight: readonly number[];
  readonly stride: ScalarOrList;
  readonly padding: ScalarOrList | 'same' | 'valid';
  readonly dilation: ScalarOrList;
  readonly groups: number;
  readonly outputSize: readonly [number, number];
}

export interface InitCase {
  readonly name: string;
  readonly module: Readonly<Record<string, unknown>>;
  readonly weightShape: readonly number[];
  readonly biasShape: readonly number[] | undefined;
  readonly parameters: number;
  readonly fanIn: number;
  readonly weightBound: number;
  readonly biasBound: number | undefined;
  readonly weightDeviation: number;
}

export interface ConvOracles {
  /** The folder that holds the four files. */
  readonly folder: string;
  /** Which of the four are not there. */
  readonly missing: readonly string[];
  readonly values: readonly ValueCase[];
  readonly refusals: readonly RefusalCase[];
  readonly accepted: readonly AcceptedCase[];
  readonly shapes: readonly ShapeCase[];
  readonly inits: readonly InitCase[];
}

const FILES = ['conv2d.json', 'conv2d-errors.json', 'output-shape.json', 'init.json'] as const;

type Json = Record<string, unknown>;

/**
 * Reads the files that are there in `directory`/conv, or in `directory` itself.
 * @throws Error where there is none of the four, and where one is not what it should be
 */
export function readConvOracles(directory: string): ConvOracles {
  const folder = existsSync(path.join(directory, 'conv')) ? path.join(directory, 'conv') : directory;
  const missing = FILES.filter((file) => !existsSync(path.join(folder, file)));
  if (missing.length === FILES.length) {
    throw new Error(
      `There are no oracles in ${directory}. Give a folder with conv/ in it (${FILES.join(', ')}), or leave it out.`,
    );
  }
  const [values, errors, shapes, inits] = FILES.map((file) =>
    missing.includes(file) ? {} : (JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Json),
  ) as [Json, Json, Json, Json];
  return {
    folder,
    missing,
    values: cases(values, 'cases').map(valueCase),
    refusals: cases(errors, 'cases').map((entry) => ({
      name: String(entry['name']),
      call: convCall(entry),
      message: String(entry['message']),
      type: String(entry['error_type']),
    })),
    accepted: cases(errors, 'accepted').map((entry) => ({
      name: String(entry['name']),
      call: convCall(entry),
      outputShape: entry['output_shape'] as number[],
    })),
    shapes: cases(shapes, 'cases').map((entry) => ({
      ...(entry as unknown as Omit<ShapeCase, 'outputSize'>),
      outputSize: entry['output_hw'] as [number, number],
    })),
    inits: cases(inits, 'cases').map((entry) => ({
      name: String(entry['repr']),
      module: camelCased(entry['ctor'] as Json),
      weightShape: entry['weight_shape'] as number[],
      biasShape: (entry['bias_shape'] as number[] | null) ?? undefined,
      parameters: entry['parameters'] as number,
      fanIn: entry['fan_in'] as number,
      weightBound: entry['weight_bound'] as number,
      biasBound: (entry['bias_bound'] as number | null) ?? undefined,
      weightDeviation: entry['weight_std'] as number,
    })),
  };
}

function cases(json: Json, key: string): readonly Json[] {
  if (json['source'] === undefined) return [];
  const list = json[key];
  if (!Array.isArray(list))
    throw new Error(`There is no list "${key}" in an oracle file made by ${String(json['source'])}.`);
  return list as Json[];
}

function tensor(value: unknown): OracleTensor {
  const { shape, data } = value as { shape: number[]; data?: (number | string)[] };
  // JSON has no NaN and no infinities: the files write them as strings.
  return { shape, data: Float64Array.from(data ?? [], Number) };
}

/**
 * What was put in were float32 numbers, printed with the nine digits that tell them apart: the number meant is
 * the float32 nearest to the text. Without this the results are off in the eighth digit.
 */
function float32({ shape, data }: OracleTensor): OracleTensor {
  return { shape, data: data.map(Math.fround) };
}

function valueCase(entry: Json): ValueCase {
  const optional = (key: string) => (entry[key] == null ? undefined : tensor(entry[key]));
  return {
    ...(entry as unknown as Pick<ValueCase, 'name' | 'stride' | 'padding' | 'dilation' | 'groups'>),
    paddingMode: entry['padding_mode'] as ValueCase['paddingMode'],
    input: float32(tensor(entry['input'])),
    weight: float32(tensor(entry['weight'])),
    bias: entry['bias'] == null ? undefined : float32(tensor(entry['bias'])),
    output: tensor(entry['output']),
    shapeOnly: entry['shape_only'] === true,
    gradients:
      entry['grad_output'] === undefined
        ? undefined
        : {
            output: float32(tensor(entry['grad_output'])),
            input: tensor(entry['grad_input']),
            weight: tensor(entry['grad_weight']),
            bias: optional('grad_bias'),
          },
  };
}

function convCall(entry: Json): ConvCall {
  const inputShape = entry['input_shape'] as number[];
  if (entry['call'] === 'nn.Conv2d') {
    return { call: 'nn.Conv2d', inputShape, module: camelCased(entry['ctor'] as Json) };
  }
  const { stride, padding, dilation, groups } = entry;
  return {
    call: 'F.conv2d',
    inputShape,
    weightShape: entry['weight_shape'] as number[],
    biasShape: (entry['bias_shape'] as number[] | null) ?? undefined,
    options: { stride, padding, dilation, groups },
  };
}

/** in_channels → inChannels */
function camelCased(object: Json): Json {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
