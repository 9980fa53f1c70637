/**
 * The schema of a net's description, in run starts and in the text MODEL_TAG. It brings descriptions of earlier versions
 * to the form of this one, so that nothing else has to know them.
 */
import { listOf, mapShape, writtenLayer } from './layer-schema.js';
import { modernLayers } from './older-descriptions.js';
import { type LayerDescription, type ModelDescription, NET_INPUT } from './run-description.js';
import { z } from './zod.js';

function checkGraph(layers: readonly LayerDescription[]): string | undefined {
  const known = new Set([NET_INPUT]);
  for (const { name, inputs } of layers) {
    const unknown = inputs.find((input) => !known.has(input));
    if (unknown !== undefined) return `"${name}" reads "${unknown}", which is not a layer before it`;
    if (known.has(name)) return `There are two layers "${name}"`;
    known.add(name);
  }
  return undefined;
}

const layers: z.ZodMiniType<LayerDescription[]> = z.pipe(
  listOf(writtenLayer),
  z.transform((written, context) => {
    const modern = modernLayers(written);
    const problem = checkGraph(modern);
    if (problem === undefined) return modern;
    context.issues.push({ code: 'custom', message: problem, input: written });
    return z.NEVER;
  }),
);

export const modelSchema: z.ZodMiniType<ModelDescription> = z.object({
  name: z.string(),
  parameters: z.int().check(z.nonnegative()),
  inputShape: mapShape,
  precision: z.exactOptional(z.enum(['float16', 'bfloat16'])),
  layers,
});
