/** A name such as `convnet-0703-181542`, which sorts by time and names the model. */
export function defaultRunName(model: string, now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const date = `${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${model}-${date}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
