/** What the numbers of a log say of its convolutions, where the log does not. */
import { fitsShapes, type Inference, inferConvolution } from '@convscope/shared/convolution/infer.js';
import type { InputMaps, Kernels } from '@convscope/shared/convolution/terms.js';
import type { Conv2dDescription, MapShape, Pair } from '@convscope/shared/run-description.js';
import { createStore } from '../../../ui/store.js';
import type { Frame, MapRecord } from './frame.js';
import { floatsOf, picturesOf, stackOf } from './stacks.js';

export interface InferredLayer {
  readonly inference: Inference;
  readonly inputShape: MapShape;
  readonly outputShape: MapShape;
  readonly kernels: Kernels['shape'];
  readonly hasBias: boolean;
  readonly inputTag: string;
}

/** What the user has set. */
export interface ChosenParameters {
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
}

interface Tries {
  /** The tags that were looked at: those of a log that is still being read come one by one. */
  readonly tags: string;
  readonly steps: Set<number>;
}

/** Captures of a layer that are looked at until one of them decides. */
const MOST_TRIES = 8;

export class InferredLayers {
  /** By the name of the layer. */
  readonly found = createStore<ReadonlyMap<string, InferredLayer>>(new Map());
  readonly #tries = new Map<string, Tries>();
  #descriptions = new WeakMap<InferredLayer, Map<string, Conv2dDescription | undefined>>();

  /** Looks at the layer of a frame, unless it is known. */
  take(frame: Frame | undefined): void {
    if (frame?.settled !== true) return;
    const { layer, output, input, weight, bias } = frame;
    const inputTag = layer.input?.tag;
    if (output === undefined || input === undefined || weight === undefined || inputTag === undefined) return;
    if (layer.bias !== undefined && bias === undefined) return;
    if ([input, weight].some(({ step }) => step !== output.step)) return;
    const tags = [layer.output, layer.input, layer.weight, layer.bias].map((ref) => ref?.tag).join('\n');
    const before = this.#tries.get(layer.name);
    const isSame = before?.tags === tags;
    const steps = isSame ? before.steps : new Set<number>();
    const known = isSame ? this.found.get().get(layer.name) : undefined;
    if (known?.inference.kind === 'unique' || steps.has(output.step) || steps.size >= MOST_TRIES) return;
    this.#tries.set(layer.name, { tags, steps: steps.add(output.step) });
    const parts = partsOf(frame, input.decoded, output.decoded);
    if (parts === undefined) return;
    const inference = inferConvolution(parts);
    if (known !== undefined && inference.kind !== 'unique') return;
    this.found.set(
      new Map(this.found.get()).set(layer.name, {
        inference,
        inputShape: parts.input.shape,
        outputShape: parts.output.shape,
        kernels: parts.weight.shape,
        hasBias: parts.bias !== undefined,
        inputTag,
      }),
    );
  }

  /** The convolution as the user has set it, or as it was inferred. The same object each time. */
  describe(name: string, chosen: ChosenParameters | undefined): Conv2dDescription | undefined {
    const layer = this.found.get().get(name);
    if (layer === undefined) return undefined;
    const key = chosen === undefined ? '' : [chosen.stride, chosen.padding, chosen.dilation].join(' ');
    const made = this.#descriptions.get(layer) ?? new Map<string, Conv2dDescription | undefined>();
    this.#descriptions.set(layer, made);
    if (!made.has(key)) made.set(key, description(name, layer, chosen));
    return made.get(key);
  }

  forget(): void {
    this.#tries.clear();
    this.found.set(new Map());
  }
}

function partsOf(frame: Frame, input: MapRecord, output: MapRecord) {
  const kernels = frame.weight?.decoded;
  if (kernels?.shape.length !== 4 || kernels.shape.includes(0)) return undefined;
  // Records of several pictures say the same of each.
  const pictures = Math.min(picturesOf(input), picturesOf(output));
  if (pictures < 1) return undefined;
  const [maps, made] = [mapsOf(input), mapsOf(output)];
  if (maps === undefined || made === undefined) return undefined;
  const [out = 0, perGroup = 0, height = 0, width = 0] = kernels.shape;
  const weight: Kernels = { data: kernels.values, shape: [out, perGroup, height, width] };
  return { input: maps, weight, bias: frame.bias?.decoded.values, output: made };
}

function mapsOf(record: MapRecord): InputMaps | undefined {
  const stack = record.kind === 'tensor' ? stackOf(record, 0) : undefined;
  return stack && { data: floatsOf(stack), shape: stack.shape };
}

/** The parameters that are to be used for a layer, and whether they give its output its shape. */
export function parametersFor(layer: InferredLayer, chosen: ChosenParameters) {
  const { inputShape, outputShape, kernels } = layer;
  const groups = inputShape[0] / kernels[1];
  const parameters = { ...chosen, groups, paddingMode: 'zeros', activation: 'none' } as const;
  const none = new Float32Array(0);
  const fits = fitsShapes(
    {
      input: { data: none, shape: inputShape },
      weight: { data: none, shape: kernels },
      output: { data: none, shape: outputShape },
    },
    parameters,
  );
  return { parameters, fits };
}

function description(
  name: string,
  layer: InferredLayer,
  chosen: ChosenParameters | undefined,
): Conv2dDescription | undefined {
  const { inference, inputShape, outputShape, kernels, hasBias, inputTag } = layer;
  const set = chosen && parametersFor(layer, chosen);
  const inferred = inference.kind === 'unique' ? inference.parameters : undefined;
  const parameters = set?.fits === true ? set.parameters : inferred;
  if (parameters === undefined) return undefined;
  return {
    type: 'conv2d',
    name,
    inputs: [],
    inChannels: inputShape[0],
    outChannels: outputShape[0],
    kernel: [kernels[2], kernels[3]],
    bias: hasBias,
    inputShape,
    outputShape,
    input: { from: 'record', tag: inputTag, operations: [] },
    ...parameters,
  };
}
