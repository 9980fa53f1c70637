/**
 * Arrays of numbers on the wire: little-endian, aligned to 8 bytes, and exact. Steps and wall times grow evenly or in
 * small multiples of a unit, and take one to four bytes each then; what does not is sent as it is. An array is
 *
 *   form u8, RELATIVE u8, 0 u16, count u32, base f64, unit f64, data, padding to a multiple of 8 bytes.
 *
 * | form         | number i                         | data                        |
 * |--------------|----------------------------------|-----------------------------|
 * | even         | base + i · unit                  | none                        |
 * | near         | base + d[i] · unit               | d: u8, u16 or u32           |
 * | step by step | the one before it + d[i] · unit  | d: i8, i16 or i32; d[0] = 0 |
 * | as they are  | d[i]                             | d: f32 or f64               |
 *
 * With RELATIVE the numbers are differences to an array that both sides have already.
 */

const HEAD_BYTES = 24;
const FORM = { even: 0, near8: 1, near16: 2, near32: 3, by8: 4, by16: 5, by32: 6, f32: 7, f64: 8 } as const;
type Form = (typeof FORM)[keyof typeof FORM];

/** Bytes of one number in each form. */
const SIZE: Readonly<Record<Form, number>> = { 0: 0, 1: 1, 2: 2, 3: 4, 4: 1, 5: 2, 6: 4, 7: 4, 8: 8 };

/** Units that are tried: whole numbers, and what a double of a present wall time in seconds is a multiple of. */
const UNITS = [1, 2 ** -22];

/** An array that claims more numbers is refused, since evenly growing ones take no bytes. */
export const MOST_NUMBERS = 2 ** 20;

export type Numbers = Float32Array | Float64Array;

interface Plan {
  readonly form: Form;
  readonly base: number;
  readonly unit: number;
}

/**
 * The bytes of steps, times or counts, as short as they can be told exactly. With `other`, of the same length, as
 * differences to those if adding them gives the same numbers again. A negative zero becomes zero.
 */
export function packNumbers(numbers: Float64Array, other?: Float64Array): Uint8Array<ArrayBuffer> {
  const differences = other && differencesOf(numbers, other);
  const packed = differences ?? numbers;
  const plan = planFor(packed);
  const { form, base, unit } = plan;
  // Differences that do not become short are not worth it.
  if (form === FORM.f64) return packValues(numbers);
  const count = packed.length;
  const bytes = new Uint8Array(HEAD_BYTES + padded(count * SIZE[form]));
  const view = new DataView(bytes.buffer);
  writeHead(view, plan, count, differences !== undefined);
  let before = base;
  for (let at = 0; at < count; at++) {
    const value = packed[at]!;
    const place = HEAD_BYTES + at * SIZE[form];
    switch (form) {
      case FORM.even:
        return bytes;
      case FORM.near8:
      case FORM.near16:
      case FORM.near32:
        setUnsigned(view, place, SIZE[form], (value - base) / unit);
        break;
      default:
        setSigned(view, place, SIZE[form], (value - before) / unit);
        before = value;
    }
  }
  return bytes;
}

/** The bytes of values as they are: float32 if all of them are, else float64. */
export function packValues(values: Numbers): Uint8Array<ArrayBuffer> {
  const isNarrow = values instanceof Float32Array || values.every(isFloat32);
  const form = isNarrow ? FORM.f32 : FORM.f64;
  const bytes = new Uint8Array(HEAD_BYTES + padded(values.length * SIZE[form]));
  const view = new DataView(bytes.buffer);
  writeHead(view, { form, base: 0, unit: 0 }, values.length, false);
  if (IS_LITTLE_ENDIAN) {
    const data = isNarrow
      ? new Float32Array(bytes.buffer, HEAD_BYTES)
      : new Float64Array(bytes.buffer, HEAD_BYTES);
    data.set(values);
  } else if (isNarrow)
    for (let at = 0; at < values.length; at++) view.setFloat32(HEAD_BYTES + at * 4, values[at]!, true);
  else for (let at = 0; at < values.length; at++) view.setFloat64(HEAD_BYTES + at * 8, values[at]!, true);
  return bytes;
}

function isFloat32(value: number): boolean {
  return Object.is(Math.fround(value), value);
}

function writeHead(view: DataView, { form, base, unit }: Plan, count: number, isRelative: boolean): void {
  view.setUint8(0, form);
  view.setUint8(1, isRelative ? 1 : 0);
  view.setUint32(4, count, true);
  view.setFloat64(8, base, true);
  view.setFloat64(16, unit, true);
}

/**
 * Reads arrays one after the other.
 * @throws RangeError when the bytes are not whole arrays.
 */
export class PackedNumbersReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  /** @param at where the first array begins */
  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  /** The next array. `other` is the array that it may be relative to. Float32 only where it was sent as float32. */
  next(other?: Float64Array): Numbers {
    if (this.#at + HEAD_BYTES > this.#bytes.length) throw endsEarly();
    const form = this.#form();
    const isRelative = this.#view.getUint8(this.#at + 1) === 1;
    const count = this.#view.getUint32(this.#at + 4, true);
    const base = this.#view.getFloat64(this.#at + 8, true);
    const unit = this.#view.getFloat64(this.#at + 16, true);
    const data = this.#at + HEAD_BYTES;
    // Checked before anything is allocated.
    if (count > MOST_NUMBERS)
      throw new RangeError(`An array of ${count} numbers is longer than any that is sent.`);
    if (data + padded(count * SIZE[form]) > this.#bytes.length) throw endsEarly();
    this.#at = data + padded(count * SIZE[form]);
    const numbers = this.#read({ form, base, unit }, data, count);
    if (!isRelative) return numbers;
    if (other?.length !== count)
      throw new RangeError('An array of differences has no array that it belongs to.');
    const sums = new Float64Array(count);
    for (let at = 0; at < count; at++) sums[at] = other[at]! + numbers[at]!;
    return sums;
  }

  /** The next array, as float64 in any case. */
  nextDouble(other?: Float64Array): Float64Array {
    const numbers = this.next(other);
    return numbers instanceof Float64Array ? numbers : new Float64Array(numbers);
  }

  #form(): Form {
    const form = this.#view.getUint8(this.#at);
    if (form > FORM.f64) throw new RangeError(`There is no form ${form} of an array.`);
    return form as Form;
  }

  #read({ form, base, unit }: Plan, data: number, count: number): Numbers {
    const view = this.#view;
    if (form === FORM.f32 || form === FORM.f64) return this.#view32or64(form, data, count);
    const numbers = new Float64Array(count);
    const size = SIZE[form];
    let before = base;
    for (let at = 0; at < count; at++) {
      const place = data + at * size;
      if (form === FORM.even) numbers[at] = base + at * unit;
      else if (form <= FORM.near32) numbers[at] = base + getUnsigned(view, place, size) * unit;
      else numbers[at] = before = before + getSigned(view, place, size) * unit;
    }
    return numbers;
  }

  /** A view of the bytes where the system and the place allow it, else a copy. */
  #view32or64(form: typeof FORM.f32 | typeof FORM.f64, data: number, count: number): Numbers {
    const place = this.#bytes.byteOffset + data;
    const { buffer } = this.#bytes;
    if (IS_LITTLE_ENDIAN && place % 8 === 0)
      return form === FORM.f32
        ? new Float32Array(buffer, place, count)
        : new Float64Array(buffer, place, count);
    const numbers = form === FORM.f32 ? new Float32Array(count) : new Float64Array(count);
    for (let at = 0; at < count; at++)
      numbers[at] =
        form === FORM.f32
          ? this.#view.getFloat32(data + at * 4, true)
          : this.#view.getFloat64(data + at * 8, true);
    return numbers;
  }
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function endsEarly(): RangeError {
  return new RangeError('The bytes end in the middle of an array.');
}

/** Undefined unless adding them to the others gives exactly these numbers again. */
function differencesOf(numbers: Float64Array, other: Float64Array): Float64Array | undefined {
  const differences = new Float64Array(numbers.length);
  for (let at = 0; at < numbers.length; at++) {
    const difference = numbers[at]! - other[at]!;
    if (other[at]! + difference !== numbers[at]) return undefined;
    differences[at] = difference;
  }
  return differences;
}

/** The shortest form that gives back exactly these numbers. */
function planFor(numbers: Float64Array): Plan {
  const asTheyAre: Plan = { form: FORM.f64, base: 0, unit: 0 };
  const first = numbers[0];
  if (first === undefined) return asTheyAre;
  const even = isEven(numbers);
  if (even !== null) return { form: FORM.even, base: first, unit: even };
  for (const unit of UNITS) {
    const spans = spansOf(numbers, unit);
    if (spans === null) continue;
    const near = [8, 16, 32].findIndex((bits) => spans.near < 2 ** bits);
    const by = [8, 16, 32].findIndex((bits) => spans.by < 2 ** (bits - 1));
    if (near >= 0 && (by < 0 || near <= by))
      return { form: (FORM.near8 + near) as Form, base: spans.lowest, unit };
    if (by >= 0) return { form: (FORM.by8 + by) as Form, base: first, unit };
  }
  return asTheyAre;
}

/** How far apart neighbours are, if all are equally far apart; else null. */
function isEven(numbers: Float64Array): number | null {
  const base = numbers[0]!;
  const unit = numbers.length < 2 ? 0 : numbers[1]! - base;
  for (let at = 0; at < numbers.length; at++) if (base + at * unit !== numbers[at]) return null;
  return unit;
}

/** How many units the lowest and the highest number are apart, and neighbours at most; null if they are not multiples. */
function spansOf(numbers: Float64Array, unit: number): { near: number; by: number; lowest: number } | null {
  let [lowest, highest, by] = [numbers[0]!, numbers[0]!, 0];
  for (let at = 1; at < numbers.length; at++) {
    const value = numbers[at]!;
    const steps = (value - numbers[at - 1]!) / unit;
    if (!Number.isSafeInteger(steps) || numbers[at - 1]! + steps * unit !== value) return null;
    if (Math.abs(steps) > by) by = Math.abs(steps);
    if (value < lowest) lowest = value;
    else if (value > highest) highest = value;
  }
  for (let at = 0; at < numbers.length; at++) {
    const value = numbers[at]!;
    const steps = (value - lowest) / unit;
    if (!Number.isSafeInteger(steps) || lowest + steps * unit !== value) return null;
  }
  return { near: (highest - lowest) / unit, by, lowest };
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function setUnsigned(view: DataView, at: number, size: number, value: number): void {
  if (size === 1) view.setUint8(at, value);
  else if (size === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
}

function getUnsigned(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getUint8(at);
  return size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
}

function setSigned(view: DataView, at: number, size: number, value: number): void {
  if (size === 1) view.setInt8(at, value);
  else if (size === 2) view.setInt16(at, value, true);
  else view.setInt32(at, value, true);
}

function getSigned(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getInt8(at);
  return size === 2 ? view.getInt16(at, true) : view.getInt32(at, true);
}
