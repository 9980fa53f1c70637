/** The weights and pictures that the fixtures from PyTorch describe: value i, from 1, of the parameter `number`. */
export function patternValues(count: number, number: number, scale: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * number) * scale,
  );
}
