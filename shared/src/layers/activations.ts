/** PyTorch's activations, and what they make of an interval. */
import { type Reading, rectified } from '../convolution/reading.js';
import type { ActivationDescription, ActivationKind, FusedActivation } from '../run-description.js';
import { erf } from './erf.js';
import type { LayerParameters } from './maps.js';

export type Activation = Pick<ActivationDescription, 'kind' | 'negativeSlope' | 'alpha' | 'min' | 'max'>;

/** Activations that fall and then rise: where their minimum is. All others never fall. */
const MINIMUM_AT: Partial<Record<ActivationKind, number>> = {
  gelu: -0.7517915524690233,
  geluTanh: -0.7524614220710163,
  silu: -1.278464542761074,
  mish: -1.1924312145154903,
  hardswish: -1.5,
};

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** PyTorch goes over to the identity above 20. */
function softplus(x: number): number {
  return x > 20 ? x : Math.log1p(Math.exp(x));
}

/** 0 ≤ x ≤ most, and NaN stays NaN. */
function clamped(x: number, most: number): number {
  return x <= 0 ? 0 : x >= most ? most : x;
}

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** The function of a layer, on one number. */
export function activationOf({
  kind,
  negativeSlope = 0.01,
  alpha = 1,
  min,
  max,
}: Activation): (x: number) => number {
  switch (kind) {
    case 'relu':
      return (x) => clamped(x, Number.POSITIVE_INFINITY);
    case 'relu6':
      return (x) => clamped(x, 6);
    case 'leakyRelu':
      return (x) => (x < 0 ? x * negativeSlope : x);
    case 'elu':
      return (x) => (x < 0 ? alpha * Math.expm1(x) : x);
    case 'gelu':
      return (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
    case 'geluTanh':
      return (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    case 'silu':
      return (x) => x * sigmoid(x);
    case 'mish':
      return (x) => x * Math.tanh(softplus(x));
    case 'sigmoid':
      return sigmoid;
    case 'tanh':
      return Math.tanh;
    case 'softplus':
      return softplus;
    case 'hardswish':
      return (x) => (x * clamped(x + 3, 6)) / 6;
    case 'hardsigmoid':
      return (x) => clamped(x + 3, 6) / 6;
    case 'selu':
      return (x) => SELU_SCALE * (x < 0 ? SELU_ALPHA * Math.expm1(x) : x);
    case 'clamp': {
      const [least, most] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
      // As PyTorch does it where the bounds are the wrong way round. NaN stays NaN.
      return (x) => Math.min(most, Math.max(least, x));
    }
  }
}

/** What is known of f(x) when of x an interval is known. */
export function activated(layer: Activation): (reading: Reading) => Reading {
  const f = activationOf(layer);
  const { kind, negativeSlope = 0.01, alpha = 1 } = layer;
  // With a slope below 0 the function falls up to 0.
  const isTurned = (kind === 'leakyRelu' && negativeSlope < 0) || (kind === 'elu' && alpha < 0);
  const lowest = isTurned ? 0 : MINIMUM_AT[kind];
  return ({ value, lo, hi }) => {
    const [result, a, b] = [f(value), f(lo), f(hi)];
    const least = Math.min(a, b, result);
    const isAround = lowest !== undefined && lo < lowest && lowest < hi;
    return { value: result, lo: isAround ? Math.min(least, f(lowest)) : least, hi: Math.max(a, b, result) };
  };
}

/** The slope below 0 of one channel of a PReLU. Undefined if its weight is missing or of another number of channels. */
export function preluSlope(
  { weight }: LayerParameters,
  channels: number,
  channel: number,
): number | undefined {
  if (weight?.length === 1) return weight[0];
  return weight?.length === channels ? weight[channel] : undefined;
}

/** What a layer's own activation makes of its sum. */
export function fused(activation: FusedActivation): (reading: Reading) => Reading {
  return activation === 'relu' ? rectified : (reading) => reading;
}
