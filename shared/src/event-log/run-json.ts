/**
 * The start and the end of a run as JSON, the plugin content of a text event. The text of the event is the Markdown
 * table of run-markdown.ts, which TensorBoard shows.
 */

import type { ModelDescription } from '../run-description.js';
import type { RunEnd, RunStart } from '../run-record.js';
import { z } from '../zod.js';
import { decodeUtf8 } from './utf8.js';
import { MalformedEventError } from './wire-reader.js';

const count = z.int().check(z.nonnegative());
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

const model: z.ZodMiniType<ModelDescription> = z.object({
  name: z.string(),
  parameters: count,
  inputShape: mapShape,
  layers: z.array(layer),
});

const runStart: z.ZodMiniType<RunStart> = z.object({
  version: z.literal(1),
  runUid: z.string(),
  branch: z.exactOptional(z.string()),
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

const runEnd: z.ZodMiniType<RunEnd> = z.object({
  version: z.literal(1),
  reason: z.enum(['completed', 'interrupted', 'failed']),
  error: z.exactOptional(z.string()),
  seconds: z.number(),
  weights: z.exactOptional(z.string()),
});

/** @throws MalformedEventError when the bytes are not a run start of this version. */
export function readRunStart(json: Uint8Array): RunStart {
  return parse(runStart, json, 'start');
}

/** @throws MalformedEventError when the bytes are not a run end of this version. */
export function readRunEnd(json: Uint8Array): RunEnd {
  return parse(runEnd, json, 'end');
}

function parse<T>(schema: z.ZodMiniType<T>, json: Uint8Array, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(json));
  } catch (error) {
    throw new MalformedEventError(`The run's ${what} is not JSON: ${String(error)}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new MalformedEventError(
    `The run's ${what} does not match the format of this version: ${z.prettifyError(result.error)}`,
  );
}

/**
 * The JSON, validated with the schema that readers use, so that nothing is written that cannot be read.
 * @throws Error when a value has no JSON form, such as NaN.
 */
export function runStartJson(start: RunStart): string {
  return checked(runStart, start, 'start');
}

/** @throws Error when a value has no JSON form, such as NaN. */
export function runEndJson(end: RunEnd): string {
  return checked(runEnd, end, 'end');
}

function checked<T>(schema: z.ZodMiniType<T>, value: T, what: string): string {
  const result = schema.safeParse(value);
  if (result.success) return JSON.stringify(value);
  throw new Error(`The run's ${what} cannot be written: ${z.prettifyError(result.error)}`);
}
