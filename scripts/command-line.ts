/**
 * The command line of a script: its flags and words are declared once, and from that they are parsed, checked and
 * printed by --help. What is not declared is refused with a sentence and exit code 2, before any work begins.
 */
import { basename } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

export interface Flag<T> {
  /** The placeholder of the value in the help. A flag without one is a switch. */
  readonly value: string | undefined;
  readonly help: string;
  /** The value when the flag is not given. */
  readonly fallback: T;
  /** @throws Refusal when the text is no such value */
  readonly read: (text: string, name: string) => T;
}

/** A positional argument: a file, a folder, a program. */
export interface Word<T extends string | undefined> {
  readonly help: string;
  readonly required: T extends string ? true : false;
}

type Flags = Readonly<Record<string, Flag<unknown>>>;
type Words = Readonly<Record<string, Word<string> | Word<string | undefined>>>;
type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };
type WordValues<W extends Words> = {
  readonly [K in keyof W]: W[K] extends Word<string> ? string : string | undefined;
};

/** A whole number above 0. */
export function wholeNumber(help: string, fallback: number): Flag<number> {
  const read = (text: string, name: string) => {
    const value = Number(text);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Refusal(`--${name} takes a whole number above 0, not "${text}".`);
  };
  return { value: 'N', help: `${help} (${fallback})`, fallback, read };
}

/** Any number above 0. */
export function positiveNumber(help: string, fallback: number): Flag<number> {
  const read = (text: string, name: string) => {
    if (Number(text) > 0) return Number(text);
    throw new Refusal(`--${name} takes a number above 0, not "${text}".`);
  };
  return { value: 'N', help: `${help} (${fallback})`, fallback, read };
}

export function text(value: string, help: string): Flag<string | undefined>;
export function text(value: string, help: string, fallback: string): Flag<string>;
export function text(value: string, help: string, fallback?: string): Flag<string | undefined> {
  const shown = fallback === undefined ? help : `${help} (${fallback})`;
  return { value, help: shown, fallback, read: (given) => given };
}

/** One of a few names. */
export function oneOf<const T extends string>(names: readonly T[], help: string): Flag<T | undefined>;
export function oneOf<const T extends string>(names: readonly T[], help: string, fallback: T): Flag<T>;
export function oneOf<const T extends string>(
  names: readonly T[],
  help: string,
  fallback?: T,
): Flag<T | undefined> {
  const read = (given: string, name: string) => {
    const found = names.find((one) => one === given);
    if (found !== undefined) return found;
    throw new Refusal(`--${name} is one of ${names.join(', ')}, not "${given}".`);
  };
  const shown = `${help}: ${names.join(', ')}${fallback === undefined ? '' : ` (${fallback})`}`;
  return { value: 'NAME', help: shown, fallback, read };
}

/** A switch: true when given. */
export function onOff(help: string): Flag<boolean> {
  return { value: undefined, help, fallback: false, read: () => true };
}

export function required(help: string): Word<string> {
  return { help, required: true };
}

export function optional(help: string): Word<string | undefined> {
  return { help, required: false };
}

/** What is wrong with a command line, in a sentence. */
export class Refusal extends Error {}

export interface Declaration<F extends Flags, W extends Words> {
  /** How it is run, without the words and flags: `node scripts/dist/screenshot.js`. */
  readonly run: string;
  /** What it is for. */
  readonly purpose: string;
  readonly flags?: F;
  readonly words?: W;
}

const HELP = {
  value: undefined,
  help: 'print this',
  fallback: false,
  read: () => true,
} satisfies Flag<boolean>;

/**
 * The values of the flags and words that are declared, by name.
 * @throws Refusal when the arguments are not what is declared; `'help'` when help is asked for
 */
export function parseCommandLine<const F extends Flags, const W extends Words>(
  { flags, words }: Declaration<F, W>,
  args: readonly string[],
): { readonly flags: FlagValues<F>; readonly words: WordValues<W> } | 'help' {
  const known: Flags = { ...flags, help: HELP };
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map(Object.entries(known).map(([name, { fallback }]) => [name, fallback]));
  const given: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') given.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    if (flag === undefined || token.rawName !== `--${token.name}`)
      throw new Refusal(`There is no flag ${token.rawName}.`);
    if (flag.value === undefined && token.value !== undefined)
      throw new Refusal(`${token.rawName} takes no value.`);
    const isMissing = token.value === undefined || (token.value.startsWith('-') && !token.inlineValue);
    if (flag.value !== undefined && isMissing)
      throw new Refusal(`${token.rawName} takes a value, ${flag.value}.`);
    values.set(token.name, flag.read(token.value ?? '', token.name));
  }
  if (values.get('help') === true) return 'help';
  const places = Object.entries(words ?? {});
  if (given.length > places.length) throw new Refusal(`"${given[places.length]}" is one word too many.`);
  const missing = places.find(([, word], i) => word.required && given[i] === undefined);
  if (missing) throw new Refusal(`${missing[0]} is missing.`);
  values.delete('help');
  return {
    flags: Object.fromEntries(values) as FlagValues<F>,
    words: Object.fromEntries(places.map(([name], i) => [name, given[i]])) as WordValues<W>,
  };
}

export function helpText({ run, purpose, flags, words }: Declaration<Flags, Words>): string {
  const shown = Object.entries(words ?? {}).map(([name, word]) => (word.required ? name : `[${name}]`));
  const rows = [
    ...Object.entries(words ?? {}).map(([name, { help }]) => [name, help]),
    ...Object.entries({ ...flags, help: HELP }).map(([name, { value, help }]) => [
      value === undefined ? `--${name}` : `--${name} ${value}`,
      help,
    ]),
  ];
  const width = Math.max(...rows.map(([left]) => left!.length));
  const lines = rows.map(([left, right]) => `  ${left!.padEnd(width)}  ${right}`);
  const build = run.includes('scripts/dist/') ? '   (first: npx tsc -b scripts)' : '';
  return `Usage: ${[run, ...shown, '[flags]'].join(' ')}${build}\n\n${purpose}\n\n${lines.join('\n')}\n`;
}

/** Reads the arguments of this process. Ends it with 0 after printing help, and with 2 after refusing an argument. */
export function readCommandLine<const F extends Flags, const W extends Words>(
  declaration: Declaration<F, W>,
): { readonly flags: FlagValues<F>; readonly words: WordValues<W> } {
  try {
    const read = parseCommandLine(declaration, process.argv.slice(2));
    if (read !== 'help') return read;
    process.stdout.write(helpText(declaration));
    process.exit(0);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(error.message);
  }
}

/** Ends the process with 2 and a sentence that says what is wrong with its arguments. */
export function refuse(sentence: string): never {
  process.stderr.write(`${basename(process.argv[1] ?? '')}: ${sentence} --help lists the flags.\n`);
  process.exit(2);
}
