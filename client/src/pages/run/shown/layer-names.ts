/** What layers are called on the page. */
import type { ActivationKind } from '@convscope/shared/run-description.js';

export const ACTIVATION_NAMES: Readonly<Record<ActivationKind, string>> = {
  relu: 'ReLU',
  relu6: 'ReLU6',
  leakyRelu: 'leaky ReLU',
  elu: 'ELU',
  gelu: 'GELU',
  geluTanh: 'GELU (tanh)',
  silu: 'SiLU',
  mish: 'Mish',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softplus: 'softplus',
  hardswish: 'hardswish',
  hardsigmoid: 'hardsigmoid',
  selu: 'SELU',
  clamp: 'clamp',
};
