/** A file of more than 300 lines says at its top why it is one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const MOST_LINES = 300;
const REASON = /\bone (file|list|table)\b[^.]*\bbecause\b/i;

it.each(['shared/src', 'server/src', 'client/src'])(
  'every long file below %s says why it is one',
  (folder) => {
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
    const sources = files.filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|testing\//.test(file));
    expect(sources.length).toBeGreaterThan(10);
    const unexplained = sources.filter((file) => {
      const text = readFileSync(join(ROOT, folder, file), 'utf8');
      const [head = ''] = /^\/\*\*.*?\*\//s.exec(text) ?? [];
      return text.split('\n').length - 1 > MOST_LINES && !REASON.test(head.replaceAll(/\n \* ?/g, ' '));
    });
    expect(unexplained).toEqual([]);
  },
);
