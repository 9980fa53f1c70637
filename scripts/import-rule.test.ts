import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWithin, ROOMS, roomOf } from './rooms.js';
import {
  allImports,
  type Import,
  importsOf,
  ROOT,
  reachedBy,
  sourcesUnder,
  targetOf,
  type Workspace,
} from './testing/imports.js';

// The rule: server → shared ← client. shared imports neither and runs anywhere; scripts may use server and shared.

const MAY_IMPORT: Readonly<Record<Workspace, readonly Workspace[]>> = {
  shared: [],
  server: ['shared'],
  client: ['shared'],
  scripts: ['shared', 'server'],
};

/** Every circle of a graph once, as `a -> b -> a`, starting with the name that sorts first. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const circles = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      const circle = path.slice(at);
      const first = circle.indexOf([...circle].sort()[0]!);
      const turned = [...circle.slice(first), ...circle.slice(0, first)];
      circles.add([...turned, turned[0]].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return [...circles].sort();
}

function isForbidden({ workspace, target }: Pick<Import, 'workspace' | 'target'>): boolean {
  return target !== undefined && target !== workspace && !MAY_IMPORT[workspace].includes(target);
}

function said(imports: readonly Import[]): string[] {
  return imports.map(({ file, name }) => `${file} imports ${name}`);
}

function isOfNode(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name);
}

describe('the import rule', () => {
  const imports = allImports();

  it('sees the imports of every workspace that has sources', () => {
    const found = new Set(imports.map(({ workspace }) => workspace));
    expect([...found].sort()).toEqual(['client', 'scripts', 'server', 'shared']);
    expect(imports.length).toBeGreaterThan(100);
  });

  it('lets server and client import shared, scripts import server and shared, and nothing else across workspaces', () => {
    const wrong = imports.filter(isForbidden);
    expect(said(wrong)).toEqual([]);
  });

  it('has one workspace reach another by its name and never by a path', () => {
    const wrong = imports.filter(
      ({ workspace, target, name }) => name.startsWith('.') && target !== undefined && target !== workspace,
    );
    expect(said(wrong)).toEqual([]);
  });

  it('keeps Node out of shared and client, but for their tests', () => {
    const wrong = imports.filter(
      ({ workspace, name, isTest }) =>
        (workspace === 'shared' || workspace === 'client') && !isTest && isOfNode(name),
    );
    expect(said(wrong)).toEqual([]);
  });

  it('has the compiler keep the DOM and the globals of Node out of shared', () => {
    const config = JSON.parse(readFileSync(join(ROOT, 'shared', 'tsconfig.json'), 'utf8'));
    const base = JSON.parse(readFileSync(join(ROOT, 'tsconfig.base.json'), 'utf8'));
    const options = { ...base.compilerOptions, ...config.compilerOptions };
    expect(options.types).toEqual([]);
    expect(options.lib.filter((library: string) => /^(dom|webworker)/i.test(library))).toEqual([]);
    const brought = sourcesUnder(join(ROOT, 'shared', 'src')).filter(
      (path) =>
        !path.endsWith('.test.ts') && /\/\/\/\s*<reference\s+(lib|types)/.test(readFileSync(path, 'utf8')),
    );
    expect(brought).toEqual([]);
  });

  it('has every folder of the sources in the table, and only folders that are there', () => {
    const without = new Set(
      imports
        .filter(({ file, isTest }) => !isTest && /^(shared|server|client)\/src\//.test(file))
        .filter(({ file }) => roomOf(file) === undefined)
        .map(({ file }) => dirname(file)),
    );
    expect([...without]).toEqual([]);
    expect(Object.keys(ROOMS).filter((room) => !existsSync(join(ROOT, room)))).toEqual([]);
  });

  it('has every room import only the rooms that the table names', () => {
    const wrong = imports.flatMap(({ file, isTest, reached }) => {
      const room = roomOf(file);
      if (isTest || room === undefined || reached === undefined) return [];
      if (!/^(shared|server|client)\/src\//.test(reached)) return [];
      // Imports across workspaces are checked by the rule above.
      if (reached.split('/')[0] !== file.split('/')[0]) return [];
      const mine = isWithin(reached, room) || ROOMS[room]!.some((place) => isWithin(reached, place));
      return mine ? [] : [`${file} -> ${reached}`];
    });
    expect([...new Set(wrong)].sort()).toEqual([]);
  });

  it('keeps the helpers of tests out of what is shipped', () => {
    const wrong = imports.filter(
      ({ workspace, isTest, reached }) =>
        workspace !== 'scripts' && !isTest && reached !== undefined && /\/testing\//.test(reached),
    );
    expect(said(wrong)).toEqual([]);
  });

  it('has no circle of files', () => {
    const graph = new Map<string, string[]>();
    for (const { file, isTest, reached } of imports) {
      if (isTest || reached === undefined) continue;
      graph.set(file, [...(graph.get(file) ?? []), reached]);
    }
    expect(circlesIn(graph)).toEqual([]);
  });

  it('has every package that is imported named in the manifest of its workspace', () => {
    const manifest = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
    const rootNames = Object.keys(manifest('package.json').devDependencies);
    const wrong = imports.filter(({ workspace, name, isTest, target }) => {
      if (name.startsWith('.') || isOfNode(name) || target === workspace || name.startsWith('virtual:'))
        return false;
      // The scripts belong to the checkout itself, which holds the workspaces without naming them.
      if (workspace === 'scripts' && target !== undefined) return false;
      const packageName = name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/');
      const {
        dependencies = {},
        peerDependencies = {},
        devDependencies = {},
      } = manifest(workspace === 'scripts' ? 'package.json' : `${workspace}/package.json`);
      const named = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
      // The client is bundled and scripts are not published, so their development dependencies count as well.
      if (isTest || workspace === 'client' || workspace === 'scripts')
        named.push(...Object.keys(devDependencies), ...rootNames);
      return !named.includes(packageName);
    });
    expect(said(wrong)).toEqual([]);
  });
});

describe('the reader of imports', () => {
  it('knows which workspace a module name reaches, by path and by package', () => {
    const file = join(ROOT, 'client', 'src', 'page.ts');
    expect(targetOf(file, '../../server/src/hub/hub.js')).toBe('server');
    expect(targetOf(file, 'convscope/hub')).toBe('server');
    expect(targetOf(file, '#server/hub/hub.js')).toBe('server');
    expect(targetOf(file, '@convscope/shared/protocol/live.js')).toBe('shared');
    expect(targetOf(file, './panel.js')).toBe('client');
    expect(targetOf(file, 'react')).toBeUndefined();
    expect(isForbidden({ workspace: 'client', target: 'server' })).toBe(true);
    expect(isForbidden({ workspace: 'shared', target: 'client' })).toBe(true);
    expect(isForbidden({ workspace: 'scripts', target: 'server' })).toBe(false);
  });

  it('knows which file a module name reaches', () => {
    const script = join(ROOT, 'scripts', 'screenshot.ts');
    expect(reachedBy(script, '#server/hub/hub-core.js')).toBe('server/src/hub/hub-core.ts');
    expect(reachedBy(script, 'convscope/hub')).toBe('server/src/hub/hub.ts');
    expect(reachedBy(script, 'convscope/hub/hub-core.js')).toBeUndefined();
    expect(reachedBy(script, '@convscope/shared/run-record.js')).toBe('shared/src/run-record.ts');
  });

  it('finds every form of import', () => {
    const source = `
      import a from 'one';
      import type { B } from "two";
      import {
        c,
        d,
      } from './three.js';
      import 'four';
      export * from 'five';
      export { e } from 'six';
      const f = await import('seven');
      type G = typeof import('eight');
      const h = require('nine') as typeof import("ten");
      vi.mock('eleven');
    `;
    const expected = [
      'one',
      'two',
      './three.js',
      'four',
      'five',
      'six',
      'seven',
      'eight',
      'nine',
      'ten',
      'eleven',
    ];
    expect(importsOf(source).sort()).toEqual(expected.sort());
  });

  it('is not misled by comments, or by comment marks in strings', () => {
    const source = `
      // import a from 'commented';
      /* import('commented') */
      const url = 'https://example.org'; import b from 'real';
      const glob = '/*'; export { c } from 'also-real'; const end = '*/';
    `;
    expect(importsOf(source).sort()).toEqual(['also-real', 'real']);
  });
});
