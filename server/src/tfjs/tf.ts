/**
 * The types of tfjs. Code that computes gets tfjs from `loadBackend` and never imports the package itself: a native
 * package outside node_modules has its own copy of tfjs-core, and tensors of two copies cannot be mixed.
 */
import type * as tfjs from '@tensorflow/tfjs';

export type Tf = typeof tfjs;
export type Tensor = tfjs.Tensor;
export type Tensor1D = tfjs.Tensor1D;
export type Tensor2D = tfjs.Tensor2D;
export type Tensor4D = tfjs.Tensor4D;
export type Variable = tfjs.Variable;
export type NamedTensorMap = tfjs.NamedTensorMap;
