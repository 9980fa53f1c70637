/** `nn.Conv2d` as a tfjs layer: PyTorch's parameters, initialisation and error messages, on NHWC pictures. */
import {
  type Conv2dModule,
  checkConv2dModule,
  checkConv2dModuleCall,
} from '@convscope/shared/convolution/check-module.js';
import { initBound } from '@convscope/shared/convolution/initialisation.js';
import type { Conv2dModuleOptions } from '@convscope/shared/convolution/parameters.js';
import type * as tfjs from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../tfjs/tf.js';
import {
  convolveNhwc,
  emptyResult,
  filterOfWeight,
  filterShape,
  isEmpty,
  weightOfFilter,
} from './convolve-nhwc.js';

/** The arguments that every tfjs layer takes, also when it is loaded from a saved model. */
type LayerArguments = NonNullable<ConstructorParameters<typeof tfjs.layers.Layer>[0]>;

export type Conv2dLayerOptions = Conv2dModuleOptions &
  LayerArguments & {
    /** Makes the initial weights repeatable. */
    readonly seed?: number;
  };

/**
 * A layer with two weights, held and saved in the layout of tfjs's own layers: `kernel`, [kH, kW, in/groups, out], or
 * [kH, kW, in, out/in] if every channel is a group; and `bias`, [out]. In PyTorch's layout the kernel would have to be
 * transposed in every forward and backward pass, which takes up to a sixth of the time of a small convolution.
 */
export interface Conv2dLayer extends tfjs.layers.Layer {
  readonly module: Conv2dModule;
  /**
   * Returns copies of the weights in PyTorch's layout: `weight`, [out, in/groups, kH, kW], and `bias`, [out].
   * @throws if the layer has not been built, which happens on its first call
   */
  pytorchWeights(): { readonly weight: Tensor4D; readonly bias: Tensor1D | undefined };
  /**
   * Sets the weights to those of an `nn.Conv2d`.
   * @throws if the layer has not been built, or if a shape is not the layer's
   */
  setPytorchWeights(weight: Tensor4D, bias?: Tensor1D): void;
}

const defined = new WeakMap<Tf, ReturnType<typeof defineConv2d>>();

/**
 * Creates a layer for models of this tfjs. It takes NHWC pictures [N, H, W, C_in] (or a single one, [H, W, C_in]) and
 * returns [N, H_out, W_out, C_out].
 * @throws ConvolutionRefusal with PyTorch's message where `nn.Conv2d` raises
 */
export function conv2dLayer(tf: Tf, options: Conv2dLayerOptions): Conv2dLayer {
  const Layer = registerConv2d(tf);
  return new Layer(options);
}

/** Registers Conv2d with this tfjs, so that it can load saved models with such layers. `conv2dLayer` calls it. */
export function registerConv2d(tf: Tf): ReturnType<typeof defineConv2d> {
  let Layer = defined.get(tf);
  if (!Layer) {
    Layer = defineConv2d(tf);
    tf.serialization.registerClass(Layer as unknown as Parameters<typeof tf.serialization.registerClass>[0]);
    defined.set(tf, Layer);
  }
  return Layer;
}

/** Defines the class at run time, because the tfjs whose Layer it extends is known only once a backend is loaded. */
function defineConv2d(tf: Tf): new (options: Conv2dLayerOptions) => Conv2dLayer {
  class Conv2d extends tf.layers.Layer {
    static className = 'Conv2d';
    readonly module: Conv2dModule;
    readonly #options: Conv2dLayerOptions;
    #kernel: tfjs.LayerVariable | undefined;
    #bias: tfjs.LayerVariable | undefined;

    constructor(options: Conv2dLayerOptions) {
      super(options);
      this.module = checkConv2dModule(options);
      this.#options = options;
    }

    override build(): void {
      const { weightShape, bias, outChannels } = this.module;
      const { seed } = this.#options;
      const bound = initBound(weightShape);
      const uniform = (offset: number) =>
        tf.initializers.randomUniform({
          minval: -bound,
          maxval: bound,
          ...(seed === undefined ? {} : { seed: seed + offset }),
        });
      // A kernel with another rank or with a size of 0 is refused, or has nothing to do, when the layer is called.
      const kernelShape = filterShape(weightShape, this.module);
      this.#kernel = this.addWeight('kernel', kernelShape, 'float32', uniform(0));
      if (bias) this.#bias = this.addWeight('bias', [outChannels], 'float32', uniform(1));
      this.built = true;
    }

    override computeOutputShape(inputShape: tfjs.Shape | tfjs.Shape[]): tfjs.Shape {
      const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tfjs.Shape;
      const [batch, height, width, channels] = shape;
      if (shape.length !== 4 || height == null || width == null || channels == null) {
        if (shape.length === 4) return [batch ?? null, null, null, this.module.outChannels];
        return nhwc(checkConv2dModuleCall(this.module, nchw(shape as number[])).outputShape);
      }
      const plan = checkConv2dModuleCall(this.module, [batch ?? 1, channels, height, width]);
      return [batch ?? null, plan.outHeight, plan.outWidth, plan.outputShape[1]!];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const input = Array.isArray(inputs) ? inputs[0]! : inputs;
      const plan = checkConv2dModuleCall(this.module, nchw(input.shape));
      const kernel = this.#kernel!.read() as Tensor4D;
      const bias = this.#bias?.read() as Tensor1D | undefined;
      return tf.tidy(() => {
        if (isEmpty(plan))
          return emptyResult(tf, [input, kernel, ...(bias ? [bias] : [])], nhwc(plan.outputShape));
        const x = (plan.batched ? input : tf.expandDims(input, 0)) as Tensor4D;
        const output = convolveNhwc(tf, x, kernel, bias, plan);
        return plan.batched ? output : tf.squeeze(output, [0]);
      });
    }

    pytorchWeights(): { weight: Tensor4D; bias: Tensor1D | undefined } {
      const { kernel, bias } = this.#builtWeights();
      return {
        weight: tf.tidy(() => weightOfFilter(tf, kernel.read() as Tensor4D, this.module)),
        bias: bias && (bias.read().clone() as Tensor1D),
      };
    }

    setPytorchWeights(weight: Tensor4D, bias?: Tensor1D): void {
      const { kernel, bias: ownBias } = this.#builtWeights();
      const expected = [this.module.weightShape, ownBias?.shape];
      for (const [place, given] of [weight.shape, bias?.shape].entries()) {
        if (String(given) === String(expected[place])) continue;
        const name = ['weight', 'bias'][place];
        const shape = (one: readonly (number | null)[] | undefined) => (one ? `[${one.join(', ')}]` : 'none');
        throw new Error(
          `The ${name} of this layer has the shape ${shape(expected[place])}, but got ${shape(given)}.`,
        );
      }
      tf.tidy(() => {
        kernel.write(filterOfWeight(tf, weight, this.module));
        if (bias) ownBias?.write(bias);
      });
    }

    #builtWeights(): { kernel: tfjs.LayerVariable; bias: tfjs.LayerVariable | undefined } {
      if (!this.#kernel)
        throw new Error('The layer has no weights yet: call it first, or construct it with an inputShape.');
      return { kernel: this.#kernel, bias: this.#bias };
    }

    override getConfig(): tfjs.serialization.ConfigDict {
      const {
        inChannels,
        outChannels,
        kernelSize,
        stride,
        padding,
        dilation,
        groups,
        paddingMode,
        bias,
        seed,
      } = this.#options;
      const given = {
        inChannels,
        outChannels,
        kernelSize,
        stride,
        padding,
        dilation,
        groups,
        paddingMode,
        bias,
        seed,
      };
      const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      return { ...super.getConfig(), ...(stated as tfjs.serialization.ConfigDict) };
    }
  }
  return Conv2d as unknown as new (
    options: Conv2dLayerOptions,
  ) => Conv2dLayer;
}

/** The checks use PyTorch's order of axes. Shapes of other ranks are passed on, to be refused. */
function nchw(shape: readonly number[]): readonly number[] {
  const [first, ...rest] = shape;
  if (shape.length === 4) return [first!, rest[2]!, rest[0]!, rest[1]!];
  if (shape.length === 3) return [shape[2]!, shape[0]!, shape[1]!];
  return shape;
}

function nhwc(shape: readonly number[]): number[] {
  if (shape.length === 4) return [shape[0]!, shape[2]!, shape[3]!, shape[1]!];
  return [shape[1]!, shape[2]!, shape[0]!];
}
