/** A file of more than 300 lines says at its top why it is one, tests and scripts included. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, sourcesUnder } from './testing/imports.js';

const MOST_LINES = 300;
const REASON = /\bone (file|list|table)\b[^.]*\bbecause\b/i;

it.each(['shared', 'server', 'client', 'scripts'])(
  'every long file below %s says why it is one',
  (folder) => {
    const sources = sourcesUnder(join(ROOT, folder)).filter((path) => /\.[cm]?tsx?$/.test(path));
    expect(sources.length).toBeGreaterThan(10);
    const unexplained = sources.filter((path) => {
      const text = readFileSync(path, 'utf8');
      const [head = ''] = /^\/\*\*.*?\*\//s.exec(text) ?? [];
      return text.split('\n').length - 1 > MOST_LINES && !REASON.test(head.replaceAll(/\n \* ?/g, ' '));
    });
    expect(unexplained.map((path) => relative(ROOT, path))).toEqual([]);
  },
);
