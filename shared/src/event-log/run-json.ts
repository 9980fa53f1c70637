/**
 * Start and end of a run, as a text event: people read a Markdown table in TensorBoard, programs read the JSON that
 * lies in the plugin's content.
 */

import type { ModelDescription } from '../run-description.js';
import type { RunEnd, RunStart } from '../run-record.js';
import { z } from '../zod.js';
import { decodeUtf8 } from './utf8.js';
import { MalformedEventError } from './wire-reader.js';

const count = z.number().int().nonnegative();
const pair = z.tuple([count, count]);
const mapShape = z.tuple([count, count, count]);
const activation = z.enum(['relu', 'none']);

const mapOperation = z.discriminatedUnion('op', [
  z.object({ op: z.literal('relu') }),
  z.object({ op: z.literal('maxPool2d'), kernel: pair, stride: pair }),
]);

const mapSource = z.discriminatedUnion('from', [
  z.object({ from: z.literal('probes') }),
  z.object({ from: z.literal('record'), tag: z.string(), operations: z.array(mapOperation) }),
]);

const layer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('conv2d'),
    name: z.string(),
    inChannels: count,
    outChannels: count,
    kernel: pair,
    stride: pair,
    padding: pair,
    dilation: pair,
    groups: count,
    paddingMode: z.enum(['zeros', 'reflect', 'replicate', 'circular']),
    bias: z.boolean(),
    activation,
    inputShape: mapShape,
    outputShape: mapShape,
    input: mapSource,
  }),
  z.object({
    type: z.literal('maxPool2d'),
    name: z.string(),
    kernel: pair,
    stride: pair,
    inputShape: mapShape,
    outputShape: mapShape,
  }),
  z.object({ type: z.literal('globalAveragePool'), name: z.string(), inputShape: mapShape }),
  z.object({
    type: z.literal('add'),
    name: z.string(),
    inputs: z.tuple([z.string(), z.string()]),
    activation,
    outputShape: mapShape,
  }),
  z.object({ type: z.literal('dense'), name: z.string(), inFeatures: count, outFeatures: count, activation }),
]);

const model: z.ZodType<ModelDescription> = z.object({
  name: z.string(),
  parameters: count,
  inputShape: mapShape,
  layers: z.array(layer),
});

const runStart: z.ZodType<RunStart> = z.object({
  version: z.literal(1),
  runUid: z.string(),
  branch: z.string().exactOptional(),
  name: z.string(),
  config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  environment: z.record(z.string(), z.string()),
  data: z.object({
    name: z.string(),
    synthetic: z.boolean(),
    classes: z.array(z.string()),
    trainPictures: count,
    testPictures: count,
    mean: z.array(z.number()),
    std: z.array(z.number()),
  }),
  model,
  probes: z.array(z.object({ index: count, label: count })),
  statisticsPictures: count,
  plan: z.object({ epochs: z.number(), stepsPerEpoch: z.number(), totalSteps: z.number() }),
});

const runEnd: z.ZodType<RunEnd> = z.object({
  version: z.literal(1),
  reason: z.enum(['completed', 'interrupted', 'failed']),
  error: z.string().exactOptional(),
  seconds: z.number(),
  weights: z.string().exactOptional(),
});

/** @throws MalformedEventError when the bytes are no run start of this version. */
export function readRunStart(json: Uint8Array): RunStart {
  return parse(runStart, json, 'start');
}

/** @throws MalformedEventError when the bytes are no run end of this version. */
export function readRunEnd(json: Uint8Array): RunEnd {
  return parse(runEnd, json, 'end');
}

function parse<T>(schema: z.ZodType<T>, json: Uint8Array, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(json));
  } catch (error) {
    throw new MalformedEventError(`The run's ${what} holds no JSON: ${String(error)}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new MalformedEventError(
    `The run's ${what} is not of the form that this version reads: ${z.prettifyError(result.error)}`,
  );
}

/**
 * The JSON, checked as a reader will check it, so that nothing is written that cannot be read.
 * @throws when it holds what JSON lacks, such as NaN.
 */
export function runStartJson(start: RunStart): string {
  return checked(runStart, start, 'start');
}

/** @throws when it holds what JSON lacks, such as NaN. */
export function runEndJson(end: RunEnd): string {
  return checked(runEnd, end, 'end');
}

function checked<T>(schema: z.ZodType<T>, value: T, what: string): string {
  const result = schema.safeParse(value);
  if (result.success) return JSON.stringify(value);
  throw new Error(`The run's ${what} cannot be written: ${z.prettifyError(result.error)}`);
}

/** What TensorBoard's text page shows of a run's start. */
export function runStartMarkdown(start: RunStart): string {
  const { data, plan } = start;
  return table([
    ['run', start.name],
    [
      'model',
      `${start.model.name}, ${start.model.parameters} parameters, ${start.model.layers.length} layers`,
    ],
    ['data', `${data.name}, ${data.trainPictures} to train, ${data.testPictures} to test`],
    ['plan', `${plan.epochs} epochs of ${plan.stepsPerEpoch} steps`],
    ...Object.entries(start.config).map(([key, value]): [string, string] => [
      `config: ${key}`,
      String(value),
    ]),
    ...Object.entries(start.environment),
    [
      'probe pictures',
      start.probes.map((probe) => `${probe.index} (${data.classes[probe.label] ?? probe.label})`).join(', '),
    ],
    ['run uid', start.runUid],
  ]);
}

/** What TensorBoard's text page shows of a run's end. */
export function runEndMarkdown(end: RunEnd): string {
  const rows: [string, string][] = [
    ['reason', end.reason],
    ['training time', `${end.seconds.toFixed(1)} s`],
  ];
  if (end.error !== undefined) rows.push(['error', end.error]);
  if (end.weights !== undefined) rows.push(['weights', end.weights]);
  return table(rows);
}

function table(rows: readonly (readonly [string, string])[]): string {
  const cell = (text: string) =>
    text
      .replaceAll('\\', '\\\\')
      .replaceAll('|', '\\|')
      .replaceAll(/\s*[\r\n]+\s*/g, ' ');
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`)].join(
    '\n',
  );
}
