/** The text MODEL_TAG: how a program describes its net that does not write convscope's own run start. */
import { modelSchema } from '../model-schema.js';
import type { ModelDescription } from '../run-description.js';
import { z } from '../zod.js';
import { parseJson } from './bounded-json.js';
import { problemsOf } from './json-problems.js';
import { DESCRIPTION_BYTES, DESCRIPTION_ITEMS, DESCRIPTION_LEVELS } from './limits.js';
import { encodeUtf8 } from './utf8.js';
import { MalformedEventError } from './wire-reader.js';

/** What is no matter of the net's graph is checked first, so that the message names it. */
const frame = z.object({
  version: z.literal(1),
  layers: z.array(z.object({ inputs: z.array(z.string()) })),
});

/** @throws MalformedEventError with one sentence that says what is wrong. */
export function readModelText(text: string): ModelDescription {
  const json = parseJson(encodeUtf8(text), 'The description of the net', {
    bytes: DESCRIPTION_BYTES,
    levels: DESCRIPTION_LEVELS,
    items: DESCRIPTION_ITEMS,
    stringLength: DESCRIPTION_BYTES,
  });
  const framed = frame.safeParse(json);
  if (!framed.success) throw problem(framed.error);
  const result = modelSchema.safeParse(json);
  if (!result.success) throw problem(result.error);
  return result.data;
}

function problem(error: z.core.$ZodError): MalformedEventError {
  return new MalformedEventError(
    `The description of the net does not match version 1 of its format: ${problemsOf(error)}`,
  );
}

/**
 * The text, validated with the schema that readers use, so that nothing is written that cannot be read.
 * @throws Error when the description is not one that can be read.
 */
export function modelText(model: ModelDescription): string {
  const result = modelSchema.safeParse(model);
  if (!result.success)
    throw new Error(`The description of the net cannot be written: ${z.prettifyError(result.error)}`);
  return JSON.stringify({ version: 1, ...model });
}
