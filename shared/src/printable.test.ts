import { describe, expect, it } from 'vitest';
import { printable, printableJson, printableLines, withoutTurns } from './printable.js';

describe('text for a terminal', () => {
  it('has escapes for control characters, separators and what turns the direction of text', () => {
    expect(printable('a\u001b[2Jb')).toBe('a\\x1b[2Jb');
    expect(printable('\n\r\t\u0007\u007f')).toBe('\\x0a\\x0d\\x09\\x07\\x7f');
    expect(printable('\u009b31m \u0085')).toBe('\\x9b31m \\x85');
    expect(printable('\u202egpj.exe \u2066x\u2069 \u200f')).toBe(
      '\\u{202e}gpj.exe \\u{2066}x\\u{2069} \\u{200f}',
    );
    expect(printable('a\u2028b\u2029c\ufeff\u00ad')).toBe('a\\u{2028}b\\u{2029}c\\u{feff}\\xad');
    expect(printable('half \ud800 of a pair')).toBe('half \\u{d800} of a pair');
  });

  it('stays as it is in every script, with emoji and backslashes', () => {
    for (const text of ['lr=0.1, σ² 学習率 נתונים', '👩‍🔬🇩🇪', 'می‌خواهم', String.raw`C:\runs\x1b`])
      expect(printable(text)).toBe(text);
  });

  it('keeps the line breaks of a stack trace', () => {
    expect(printableLines('Error: a\u001b\n    at b')).toBe('Error: a\\x1b\n    at b');
  });

  it('as JSON parses to the same value', () => {
    const value = { 'tag\u202e\u009b\u007f': ['\ud800', '\u{e0001}', '\u001b', 'σ'] };
    for (const indent of [0, 2]) {
      const text = printableJson(JSON.stringify(value, null, indent));
      expect(JSON.parse(text)).toEqual(value);
      expect(printableLines(text)).toBe(text);
    }
  });
});

describe('text for a page', () => {
  it('has escapes for what turns its direction, and for nothing else', () => {
    expect(withoutTurns('\u202egpj.exe \u2066x\u2069 \u200f\u200e\u061c')).toBe(
      '\\u{202e}gpj.exe \\u{2066}x\\u{2069} \\u{200f}\\u{200e}\\u{61c}',
    );
    for (const text of ['נתונים 3', 'تجربة', 'می‌خواهم', '👩‍🔬', 'two\nlines\tof text'])
      expect(withoutTurns(text)).toBe(text);
  });
});
