import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { FEATURE_PATTERNS, FEATURES_USED } from './browser-features.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function sources(): string[] {
  return ['client/src', 'client/public'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((name) => /\.(tsx?|js)$/.test(name) && !/\.test\.tsx?$|\/testing\//.test(name)),
  );
}

/** A comment may name a feature. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

it('every feature of the browser that may be missing is in the table, with the files that use it', () => {
  const used: Record<string, string[]> = {};
  for (const file of sources().sort()) {
    const text = withoutComments(readFileSync(join(ROOT, file), 'utf8'));
    for (const [feature, pattern] of Object.entries(FEATURE_PATTERNS))
      if (pattern.test(text)) used[feature] = [...(used[feature] ?? []), file];
  }
  const table = Object.entries(FEATURES_USED).map(([feature, { files }]) => [feature, [...files].sort()]);
  expect(used).toEqual(Object.fromEntries(table));
});

it('every fallback has a test, which names the feature that it takes away', () => {
  for (const [feature, { test }] of Object.entries(FEATURES_USED)) {
    expect(existsSync(join(ROOT, test)), test).toBe(true);
    const name = feature.slice(feature.lastIndexOf('.') + 1);
    expect(readFileSync(join(ROOT, test), 'utf8'), `${test} and ${feature}`).toContain(name);
  }
});
