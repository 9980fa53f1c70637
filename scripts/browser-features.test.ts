import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Node, parse } from 'acorn';
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

/** Whether the code awaits before it has run to its end: in no function of its own. */
function awaitsAtTop(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(awaitsAtTop);
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  const node = value as Node & { readonly await?: boolean };
  if (/Function/.test(node.type)) return false;
  if (node.type === 'AwaitExpression' || node.await === true) return true;
  return Object.values(node).some(awaitsAtTop);
}

it('no file of the built page awaits at its top: WebKit then evaluates those that import it out of order', () => {
  const awaits = (code: string) => awaitsAtTop(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }));
  expect(awaits('for await (const one of all) use(one);')).toBe(true);
  expect(awaits('const ask = async () => await 1;')).toBe(false);
  const files = builtFiles();
  expect(files.size).toBeGreaterThan(20);
  expect([...files].filter(([, code]) => awaits(code)).map(([name]) => name)).toEqual([]);
});

/** The scripts that the built page names, and those that they name: files of an earlier build may lie beside them. */
function builtFiles(): ReadonlyMap<string, string> {
  const folder = join(ROOT, 'client/dist');
  const files = new Map<string, string>();
  const names = new Set(['']);
  for (const name of names) {
    const code = readFileSync(join(folder, name === '' ? 'index.html' : `assets/${name}`), 'utf8');
    if (name !== '') files.set(name, code);
    for (const [other] of code.matchAll(/[\w-]+-[\w-]{8}\.js\b/g))
      if (existsSync(join(folder, 'assets', other))) names.add(other);
  }
  return files;
}
