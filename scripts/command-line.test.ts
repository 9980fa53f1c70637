import { describe, expect, it } from 'vitest';
import {
  helpText,
  oneOf,
  onOff,
  optional,
  parseCommandLine,
  required,
  text,
  wholeNumber,
} from './command-line.js';

const declaration = {
  run: 'node scripts/dist/shoot.js',
  purpose: 'Takes a picture.',
  flags: {
    rounds: wholeNumber('how often', 3),
    theme: oneOf(['light', 'dark'], 'the theme', 'light'),
    json: text('FILE', 'a file for the numbers'),
    whole: onOff('the whole page'),
  },
  words: { URL: required('what to open'), FILE: optional('where to write') },
};
const parse = (...args: string[]) => parseCommandLine(declaration, args);

describe('the command line of a script', () => {
  it('gives what is declared, with its fallbacks', () => {
    expect(parse('http://x')).toEqual({
      flags: { rounds: 3, theme: 'light', json: undefined, whole: false },
      words: { URL: 'http://x', FILE: undefined },
    });
    expect(parse('--rounds', '7', 'a', '--theme=dark', 'b', '--whole', '--json', 'f')).toEqual({
      flags: { rounds: 7, theme: 'dark', json: 'f', whole: true },
      words: { URL: 'a', FILE: 'b' },
    });
  });

  it.each([
    [['a', '--fast'], 'There is no flag --fast.'],
    [['a', '-x'], 'There is no flag -x.'],
    [['a', '--toString'], 'There is no flag --toString.'],
    [['a', '--rounds'], '--rounds takes a value, N.'],
    [['a', '--json', '--whole'], '--json takes a value, FILE.'],
    [['a', '--rounds', '1.5'], '--rounds takes a whole number above 0, not "1.5".'],
    [['a', '--theme', 'blue'], '--theme is one of light, dark, not "blue".'],
    [['a', '--whole=yes'], '--whole takes no value.'],
    [['a', 'b', 'c'], '"c" is one word too many.'],
    [[], 'URL is missing.'],
  ])('refuses %j with a sentence', (args, sentence) => {
    expect(() => parse(...args)).toThrow(sentence);
  });

  it('gives help where it is asked for, whatever is missing', () => {
    expect(parse('--help')).toBe('help');
    expect(
      helpText(declaration),
    ).toBe(`Usage: node scripts/dist/shoot.js URL [FILE] [flags]   (first: npx tsc -b scripts)

Takes a picture.

  URL           what to open
  FILE          where to write
  --rounds N    how often (3)
  --theme NAME  the theme: light, dark (light)
  --json FILE   a file for the numbers
  --whole       the whole page
  --help        print this
`);
  });
});
