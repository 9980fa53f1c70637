/**
 * tfjs as a value. Code that computes takes it from `loadBackend` and never imports the package itself: a
 * native package found outside node_modules brings a core of its own, and tensors of two cores do not mix.
 */
import type * as tfjs from '@tensorflow/tfjs';

export type Tf = typeof tfjs;
export type Tensor = tfjs.Tensor;
export type Tensor1D = tfjs.Tensor1D;
export type Tensor2D = tfjs.Tensor2D;
export type Tensor4D = tfjs.Tensor4D;
export type Variable = tfjs.Variable;
export type NamedTensorMap = tfjs.NamedTensorMap;
