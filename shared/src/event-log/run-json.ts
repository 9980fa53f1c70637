/**
 * The start and the end of a run as JSON, the plugin content of a text event. The text of the event is the Markdown
 * table of run-markdown.ts, which TensorBoard shows.
 */

import { listOf } from '../layer-schema.js';
import { modelSchema } from '../model-schema.js';
import type { RunEnd, RunStart } from '../run-record.js';
import { z } from '../zod.js';
import { cutText, type JsonBounds, parseJson } from './bounded-json.js';
import { problemsOf } from './json-problems.js';
import {
  DESCRIPTION_BYTES,
  DESCRIPTION_ITEMS,
  DESCRIPTION_LEVELS,
  END_BYTES,
  END_TEXT_CHARACTERS,
} from './limits.js';
import { MalformedEventError } from './wire-reader.js';

const count = z.int().check(z.nonnegative());

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
  model: modelSchema,
  probes: listOf(z.object({ index: count, label: count })),
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

/** Nothing in a run's start is cut: half of a value or of a tag means something else. */
const START_BOUNDS: JsonBounds = {
  bytes: DESCRIPTION_BYTES,
  levels: DESCRIPTION_LEVELS,
  items: DESCRIPTION_ITEMS,
  stringLength: DESCRIPTION_BYTES,
};
const END_BOUNDS: JsonBounds = {
  bytes: END_BYTES,
  levels: DESCRIPTION_LEVELS,
  items: 1000,
  stringLength: END_TEXT_CHARACTERS,
};

/** @throws MalformedEventError when the bytes are not a run start of this version. */
export function readRunStart(json: Uint8Array): RunStart {
  return parse(runStart, json, 'start', START_BOUNDS);
}

/**
 * A text of more than END_TEXT_CHARACTERS is cut and says how long it was, so that the end of the run is known.
 * @throws MalformedEventError when the bytes are not a run end of this version.
 */
export function readRunEnd(json: Uint8Array): RunEnd {
  return parse(runEnd, json, 'end', END_BOUNDS);
}

function parse<T>(schema: z.ZodMiniType<T>, json: Uint8Array, what: string, bounds: JsonBounds): T {
  const result = schema.safeParse(parseJson(json, `The run's ${what}`, bounds));
  if (result.success) return result.data;
  throw new MalformedEventError(
    `The run's ${what} does not match the format of this version: ${problemsOf(result.error)}`,
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

/** The end of a run with its texts cut to what readers keep of them. */
export function boundedRunEnd(end: RunEnd): RunEnd {
  const { error, weights } = end;
  return {
    ...end,
    ...(error === undefined ? {} : { error: cutText(error, END_TEXT_CHARACTERS) }),
    ...(weights === undefined ? {} : { weights: cutText(weights, END_TEXT_CHARACTERS) }),
  };
}

function checked<T>(schema: z.ZodMiniType<T>, value: T, what: string): string {
  const result = schema.safeParse(value);
  if (result.success) return JSON.stringify(value);
  throw new Error(`The run's ${what} cannot be written: ${z.prettifyError(result.error)}`);
}
