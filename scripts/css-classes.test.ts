/** Styles of a page stay when another page is opened, so a class that two pages style would look different from then on. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SOURCES = fileURLToPath(new URL('../client/src/', import.meta.url));

/** The page that a style sheet belongs to, or what all pages share. */
function ownerOf(file: string): string {
  return /^pages\/[^/]+/.exec(file)?.[0] ?? 'shared';
}

/** Classes that have rules of their own, and not only within an element of another class. */
function classesIn(styles: string): string[] {
  const rules = styles.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/([^{}]+)\{/g);
  return [...rules]
    .flatMap(([, selectors = '']) => selectors.split(','))
    .flatMap((selector) => /^\s*\.([\w-]+)\s*$/.exec(selector)?.[1] ?? []);
}

const FILES = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).map((file) =>
  file.replaceAll('\\', '/'),
);

function ownersOfClasses(): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = new Map<string, Set<string>>();
  for (const file of FILES.filter((one) => one.endsWith('.css')))
    for (const name of classesIn(readFileSync(join(SOURCES, file), 'utf8')))
      owners.set(name, (owners.get(name) ?? new Set()).add(ownerOf(file)));
  return owners;
}

it('every class is styled by one page only, or by what all pages share', () => {
  const owners = ownersOfClasses();
  expect(owners.size).toBeGreaterThan(100);
  const shared = [...owners].filter(([, pages]) => pages.size > 1);
  expect(shared.map(([name, pages]) => `${name}: ${[...pages].join(', ')}`)).toEqual([]);
});

it('no class is used where only another page styles it: that page may not have been opened', () => {
  const owners = ownersOfClasses();
  const used = FILES.filter((one) => one.endsWith('.tsx') && !one.endsWith('.test.tsx')).flatMap((file) =>
    [...readFileSync(join(SOURCES, file), 'utf8').matchAll(/className=(?:"([^"]*)"|\{`([^`$]*))/g)].flatMap(
      ([, plain, template]) => (plain ?? template ?? '').split(/\s+/).map((name) => ({ file, name })),
    ),
  );
  expect(used.length).toBeGreaterThan(500);
  const elsewhere = used.filter(({ file, name }) => {
    const pages = owners.get(name);
    return pages !== undefined && !pages.has('shared') && !pages.has(ownerOf(file));
  });
  expect(elsewhere.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
});
