/**
 * Names of runs, made to fit. They are often long and differ in a few characters somewhere, so what all have in common
 * is shown once, and the others are cut where they are equal.
 */

export interface CutNames {
  /** What all names begin with, to be shown once; empty if nothing, or if all names fit. */
  readonly prefix: string;
  /** What to show for each name, without the prefix. */
  readonly shown: ReadonlyMap<string, string>;
}

type Measure = (text: string) => number;

const ELLIPSIS = '…';
/** How often names that came out equal are cut elsewhere. */
const ROUNDS = 4;

/** Cuts different names to `room`, in the unit of `measure`. The results differ too, unless the room is too small for that. */
export function cutNames(names: readonly string[], room: number, measure: Measure): CutNames {
  if (names.every((name) => measure(name) <= room))
    return { prefix: '', shown: new Map(names.map((name) => [name, name])) };
  const prefix = names.length < 2 ? '' : commonPrefix(names);
  const rests = names.map((name) => name.slice(prefix.length));
  let cut: readonly string[] = distinct(rests, room, measure, ROUNDS);
  // Names of a sweep differ in several words, of which a cut may show one.
  if (new Set(cut).size < new Set(rests).size) {
    const words = differingWords(rests);
    cut = words?.every((text) => measure(text) <= room) ? words : apart(rests, cut, room, measure);
  }
  return { prefix, shown: new Map(names.map((name, at) => [name, cut[at]!])) };
}

/** The common beginning up to and with its last separator, so that it ends between two words and never inside a number. */
function commonPrefix(names: readonly string[]): string {
  const length = commonLength(names);
  const shortest = Math.min(...names.map((name) => name.length));
  // Something must be left of every name.
  let end = Math.min(length, shortest - 1);
  while (end > 0 && !isBoundary(names[0]!, end)) end--;
  return names[0]!.slice(0, end);
}

/** Whether a word ends before `at`. The point of 0.1 and the minus of 1e-3 are parts of a word. */
function isBoundary(text: string, at: number): boolean {
  const before = text.slice(0, at);
  return /[/_ ,;:+]$/.test(before) || (before.endsWith('-') && !/\de-$/i.test(before));
}

/** Of names with as many words each, the words that are not the same in all; undefined if the names are built differently. */
function differingWords(texts: readonly string[]): readonly string[] | undefined {
  const split = texts.map(wordsOf);
  const count = split[0]?.length ?? 0;
  if (split.some((words) => words.length !== count)) return undefined;
  const shown = texts.map(() => '');
  for (let at = 0; at < count; at++) {
    const words = split.map((one) => one[at]!);
    const same = words.every((word) => word === words[0]) ? words[0]!.length : sameBeforeNumbers(words);
    for (const [place, word] of words.entries()) {
      const before = shown[place]!;
      const lead = same > 0 && !before.endsWith(ELLIPSIS) ? ELLIPSIS : '';
      shown[place] = `${before}${lead}${word.slice(same)}`;
    }
  }
  return shown;
}

function wordsOf(text: string): string[] {
  const words: string[] = [];
  let from = 0;
  for (let at = 1; at <= text.length; at++) {
    if (at < text.length && !isBoundary(text, at)) continue;
    words.push(text.slice(from, at));
    from = at;
  }
  return words;
}

/** How much words have in common before numbers, such as the name of a value; 0 if they are no such words. */
function sameBeforeNumbers(words: readonly string[]): number {
  const same = words[0]!
    .slice(0, commonLength(words))
    .replace(/[-+]?(\d[\d.]*(e[-+]?\d*)?|\.)?$/i, '').length;
  return words.every((word) => /^[-+.\d]/.test(word.slice(same))) ? same : 0;
}

function commonLength(texts: readonly string[]): number {
  const [first = '', ...others] = texts;
  let length = 0;
  while (length < first.length && others.every((other) => other[length] === first[length])) length++;
  return length;
}

/** The length of the common end of texts, beyond a beginning of `from` characters. */
function commonEnd(texts: readonly string[], from: number): number {
  const [first = '', ...others] = texts;
  const most = Math.min(...texts.map(({ length }) => length)) - from;
  let length = 0;
  while (length < most && others.every((other) => other.at(-1 - length) === first.at(-1 - length))) length++;
  return length;
}

function distinct(texts: readonly string[], room: number, measure: Measure, rounds: number): string[] {
  const cut = texts.map((text) => (measure(text) <= room ? text : cutMiddle(text, room, measure)));
  if (rounds === 0) return cut;
  for (const places of equalOnes(texts, cut)) {
    const members = places.map((place) => texts[place]!);
    const different = cutAround(members, room, measure, rounds);
    for (const [index, place] of places.entries()) cut[place] = different[index]!;
  }
  return cut;
}

/** Shows the ends, or else the beginnings, of texts that came out equal: each was cut to be told from others than these. */
function apart(
  texts: readonly string[],
  results: readonly string[],
  room: number,
  measure: Measure,
): string[] {
  const cut = [...results];
  const taken = new Set(cut);
  for (const place of equalOnes(texts, cut).flat()) {
    const other = endsOf(texts[place]!, room, measure).find((one) => !taken.has(one));
    if (other === undefined) continue;
    cut[place] = other;
    taken.add(other);
  }
  return cut;
}

/** As much of the end of a text as fits, and as much of its beginning. */
function endsOf(text: string, room: number, measure: Measure): [string, string] {
  const characters = [...text];
  const fits = (made: (kept: number) => string): string =>
    made(mostThatFits(1, characters.length, (kept) => measure(made(kept)) <= room));
  return [
    fits((kept) => `${ELLIPSIS}${characters.slice(characters.length - kept).join('')}`),
    fits((kept) => `${characters.slice(0, kept).join('')}${ELLIPSIS}`),
  ];
}

/** The places of different texts with equal results, grouped by result. */
function equalOnes(texts: readonly string[], results: readonly string[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [place, result] of results.entries()) {
    const group = groups.get(result);
    if (group === undefined) groups.set(result, [place]);
    else group.push(place);
  }
  return [...groups.values()].filter((places) => new Set(places.map((place) => texts[place])).size > 1);
}

/** Cuts texts with equal beginnings and ends so that the part in which they differ is shown. */
function cutAround(texts: readonly string[], room: number, measure: Measure, rounds: number): string[] {
  const [sample = ''] = texts;
  let from = commonLength(texts);
  const end = commonEnd(texts, from);
  // Whole words, where there are any nearby.
  while (from > 0 && !isBoundary(sample, from)) from--;
  const ends = texts.map((text) => {
    let to = text.length - end;
    while (to < text.length && !isBoundary(text, to + 1)) to++;
    return to;
  });
  const lead = from > 0 ? ELLIPSIS : '';
  const trails = texts.map((text, at) => (ends[at]! < text.length ? ELLIPSIS : ''));
  const roomInside = room - measure(lead) - Math.max(...trails.map(measure));
  const cores = texts.map((text, at) => text.slice(from, ends[at]));
  // Without a common beginning or end there is nothing more to leave out.
  const left = from === 0 && end === 0 ? 0 : rounds - 1;
  const inner = distinct(cores, roomInside, measure, left);
  // What room is left shows the beginning, so that groups of runs can be told apart as well.
  const spare = roomInside - Math.max(...inner.map(measure));
  let kept = 0;
  while (kept + 1 < from && measure(sample.slice(0, kept + 1)) <= spare) kept++;
  const start = sample.slice(0, kept);
  return inner.map((text, at) => `${start}${lead}${text}${trails[at]}`);
}

/** The beginning and the somewhat longer end of a text, with an ellipsis between. */
function cutMiddle(text: string, room: number, measure: Measure): string {
  const characters = [...text];
  const made = (kept: number): string => {
    const tail = Math.ceil(kept * 0.6);
    return `${characters.slice(0, kept - tail).join('')}${ELLIPSIS}${characters.slice(characters.length - tail).join('')}`;
  };
  return made(mostThatFits(2, characters.length - 1, (kept) => measure(made(kept)) <= room));
}

/** The largest number up to `most` that fits, as all lower ones do; `least` if none does. */
function mostThatFits(least: number, most: number, fits: (count: number) => boolean): number {
  let low = least;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
