/** What the records about one picture say of themselves: texts beside the tensors. */
import { z } from './zod.js';

const LONGEST_FACTS = 1_000_000;
const finite = z.number();
const pictureFields = {
  version: z.literal(1),
  /** In the test set; null for a picture that a viewer brought along. */
  index: z.nullable(z.int().check(z.nonnegative())),
  /** Of the picture: its class, or the name of the file. */
  name: z.string().check(z.maxLength(1000)),
  milliseconds: finite,
};
const occlusionFacts = z.object({
  ...pictureFields,
  patch: z.int().check(z.positive()),
  stride: z.int().check(z.positive()),
  /** Probability of each class while nothing is covered. */
  base: z.array(finite).check(z.maxLength(100_000)),
  /** How many steps of training the work was divided between. */
  pieces: z.int().check(z.nonnegative()),
});
const saliencyFacts = z.object({
  ...pictureFields,
  class: z.int().check(z.nonnegative()),
  score: finite,
  probability: finite,
});
export type OcclusionFacts = z.infer<typeof occlusionFacts>;
export type SaliencyFacts = z.infer<typeof saliencyFacts>;

/** @returns undefined for a text that states none */
export function readOcclusionFacts(text: string): OcclusionFacts | undefined {
  return readFacts(text, occlusionFacts);
}

/** @returns undefined for a text that states none */
export function readSaliencyFacts(text: string): SaliencyFacts | undefined {
  return readFacts(text, saliencyFacts);
}

function readFacts<T>(text: string, schema: z.ZodMiniType<T>): T | undefined {
  if (text.length > LONGEST_FACTS) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // JSON.parse has no other way to say that it is not JSON.
    return undefined;
  }
}
