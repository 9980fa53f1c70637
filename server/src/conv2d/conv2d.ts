import type { Conv2dOptions } from '@convscope/shared/convolution/parameters.js';
import { planConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../tfjs/tf.js';
import { convolveNhwc, emptyResult, filterOfWeight, isEmpty } from './convolve-nhwc.js';

/**
 * PyTorch's `F.conv2d` on tfjs tensors, with gradients for input, weight and bias on every backend. With `paddingMode` it
 * pads first, as `nn.Conv2d` does.
 * @param tf the tfjs whose backend holds the tensors
 * @param input [N, C_in, H, W] or [C_in, H, W]
 * @param weight [C_out, C_in/groups, kH, kW]
 * @param bias [C_out]
 * @returns [N, C_out, H_out, W_out] or [C_out, H_out, W_out], float32
 * @throws ConvolutionRefusal with PyTorch's message where PyTorch raises, before anything is computed
 */
export function conv2d(
  tf: Tf,
  input: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: Conv2dOptions = {},
): Tensor {
  const plan = planConv2d(input.shape, weight.shape, bias?.shape, options);
  return tf.tidy(() => {
    const [input4d, weight4d] = [
      plan.batched ? float(tf, input) : tf.expandDims(float(tf, input), 0),
      float(tf, weight) as Tensor4D,
    ];
    const bias1d = bias && (float(tf, bias) as Tensor1D);
    if (isEmpty(plan))
      return emptyResult(tf, [input4d, weight4d, ...(bias1d ? [bias1d] : [])], plan.outputShape);
    const x = tf.transpose(input4d, [0, 2, 3, 1]) as Tensor4D;
    const y = convolveNhwc(tf, x, filterOfWeight(tf, weight4d, plan), bias1d, plan);
    const output = tf.transpose(y, [0, 3, 1, 2]);
    return plan.batched ? output : tf.squeeze(output, [0]);
  });
}

function float(tf: Tf, tensor: Tensor): Tensor {
  return tensor.dtype === 'float32' ? tensor : tf.cast(tensor, 'float32');
}
