/**
 * The median of numbers, without sorting all of them; undefined if there are none. Changes their order. Other work may run
 * between two passes over them.
 */
export function* medianOf(numbers: Float64Array): Generator<void, number | undefined> {
  const { length } = numbers;
  if (length === 0) return undefined;
  const middle = length >>> 1;
  const upper = yield* select(numbers, middle);
  if (length % 2 === 1) return upper;
  // Everything before the middle is at most as large now.
  let lower = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < middle; at++) lower = Math.max(lower, numbers[at]!);
  return lower / 2 + upper / 2;
}

/** Puts the number that sorting would put at `place` there, and lower ones before it (Hoare's quickselect). */
function* select(numbers: Float64Array, place: number): Generator<void, number> {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const pivot = middleOfThree(numbers[low]!, numbers[(low + high) >>> 1]!, numbers[high]!);
    let [left, right] = [low, high];
    while (left <= right) {
      while (numbers[left]! < pivot) left++;
      while (numbers[right]! > pivot) right--;
      if (left > right) break;
      [numbers[left], numbers[right]] = [numbers[right]!, numbers[left]!];
      left++;
      right--;
    }
    yield;
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else break;
  }
  return numbers[place]!;
}

function middleOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
