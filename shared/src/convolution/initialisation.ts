/**
 * `nn.Conv2d`'s default initialisation: weight and bias ~ U(−bound, bound) with bound = 1/√fan_in and
 * fan_in = in/groups·kH·kW. (PyTorch writes it as kaiming_uniform with a = √5, whose bound √(6 / ((1 + 5)·fan_in)) is
 * the same.)
 */

/** @param weightShape [out, in/groups, kH, kW] */
export function fanIn(weightShape: readonly number[]): number {
  return weightShape.slice(1).reduce((product, size) => product * size, 1);
}

/** The bound of weight and bias; 0 if fan_in is 0. */
export function initBound(weightShape: readonly number[]): number {
  const fan = fanIn(weightShape);
  return fan === 0 ? 0 : 1 / Math.sqrt(fan);
}

/** Standard deviation of the weights: bound/√3. */
export function initStandardDeviation(weightShape: readonly number[]): number {
  return initBound(weightShape) / Math.sqrt(3);
}

/**
 * Draws initial weights and bias for a module.
 * @param random uniform in [0, 1), like Math.random
 */
export function initialWeights(
  module: { readonly weightShape: readonly number[]; readonly bias: boolean },
  random: () => number,
): { readonly weight: Float32Array; readonly bias: Float32Array | undefined } {
  const bound = initBound(module.weightShape);
  const draw = (length: number) => Float32Array.from({ length }, () => (2 * random() - 1) * bound);
  const length = module.weightShape.reduce((product, size) => product * size, 1);
  return { weight: draw(length), bias: module.bias ? draw(module.weightShape[0]!) : undefined };
}
