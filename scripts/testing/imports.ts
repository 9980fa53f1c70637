/** What every source of the workspaces imports, and which file or workspace that reaches. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const WORKSPACES = ['shared', 'server', 'client', 'scripts'] as const;
export type Workspace = (typeof WORKSPACES)[number];

const PACKAGE_OF: Readonly<Record<Workspace, string>> = {
  shared: '@convscope/shared',
  server: 'convscope',
  client: '@convscope/client',
  scripts: 'convscope-workspace',
};
/** How scripts reach any file of the server: an import name of the checkout, which is not part of what is published. */
const SERVER_FILES = '#server/';

/** Names of folders that hold no sources. */
const SKIPPED = new Set(['node_modules', 'dist', 'fixtures', 'public', '.turbo']);

/** The module names that a source imports, re-exports or loads, types included; not those in comments and templates. */
export function importsOf(source: string): string[] {
  // Strings are matched first, so that a comment mark inside one is not taken for a comment.
  const skipped = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  const code = source.replaceAll(skipped, '$1');
  const patterns = [
    /(?:^|[;}\s])(?:import|export)\s[^'"`;()]*?\bfrom\s*['"]([^'"\n]+)['"]/g,
    /(?:^|[;}\s])import\s*['"]([^'"\n]+)['"]/g,
    /\b(?:import|require|require\.resolve|mock|importActual)\s*(?:<[^>]*>)?\(\s*['"]([^'"\n]+)['"]/g,
  ];
  return patterns.flatMap((pattern) => Array.from(code.matchAll(pattern), (match) => match[1] ?? ''));
}

export function sourcesUnder(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sourcesUnder(path);
    return /\.([cm]?[jt]s|tsx)$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

export interface Import {
  readonly workspace: Workspace;
  /** Relative to the checkout. */
  readonly file: string;
  readonly name: string;
  /** A test, or something that only tests use. */
  readonly isTest: boolean;
  /** The workspace that it reaches, when it reaches one. */
  readonly target: Workspace | undefined;
  /** The source file that it reaches, relative to the checkout. */
  readonly reached: string | undefined;
}

export function targetOf(file: string, name: string): Workspace | undefined {
  if (name.startsWith('.')) {
    const [first] = relative(ROOT, resolve(dirname(file), name)).split(/[\\/]/);
    return WORKSPACES.find((workspace) => workspace === first);
  }
  if (name.startsWith(SERVER_FILES)) return 'server';
  return WORKSPACES.find(
    (workspace) => name === PACKAGE_OF[workspace] || name.startsWith(`${PACKAGE_OF[workspace]}/`),
  );
}

/** The exports of the server's package: name to source file. */
const SERVER_EXPORTS: Readonly<Record<string, { readonly source: string }>> = JSON.parse(
  readFileSync(join(ROOT, 'server', 'package.json'), 'utf8'),
).exports;

/** Where the source of an import lies if it is there, but for its extension. */
function pathOf(file: string, name: string, target: Workspace): string | undefined {
  if (name.startsWith('.')) return resolve(dirname(file), name);
  if (name.startsWith(SERVER_FILES)) return join(ROOT, 'server', 'src', name.slice(SERVER_FILES.length));
  const subpath = name.slice(PACKAGE_OF[target].length + 1);
  if (target !== 'server') return join(ROOT, target, 'src', subpath);
  const source = SERVER_EXPORTS[`./${subpath}`]?.source;
  return source === undefined ? undefined : join(ROOT, 'server', source);
}

export function reachedBy(file: string, name: string): string | undefined {
  const target = targetOf(file, name);
  if (target === undefined) return undefined;
  const path = pathOf(file, name, target);
  if (path === undefined) return undefined;
  const found = [path, path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find((one) =>
    existsSync(one),
  );
  return found === undefined ? undefined : relative(ROOT, found).replaceAll('\\', '/');
}

export function allImports(): Import[] {
  return WORKSPACES.flatMap((workspace) =>
    sourcesUnder(join(ROOT, workspace)).flatMap((path) => {
      const file = relative(ROOT, path).replaceAll('\\', '/');
      // A .mjs file among the sources, what bundles the workspaces and the client's plugins of Vite are tools, which nothing loads.
      const isTest =
        /\.test\.tsx?$|\/testing\/|(vite|vitest|rolldown)\.config\.m?[jt]s$|^client\/[\w-]+\.ts$|\/src\/.*\.mjs$/.test(
          file,
        );
      const names = importsOf(readFileSync(path, 'utf8'));
      return names.map((name) => ({
        workspace,
        file,
        name,
        isTest,
        target: targetOf(path, name),
        reached: reachedBy(path, name),
      }));
    }),
  );
}
