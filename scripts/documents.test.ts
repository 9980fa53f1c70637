import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { KINDS } from './robustness/kinds.js';
import { isWithin, PAGE_ROOMS, ROOMS, roomOf } from './rooms.js';

const ROOT = resolve(fileURLToPath(new URL('..', import.meta.url)));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The part of a document below a heading. */
function section(path: string, heading: string): string {
  const found = read(path)
    .split(/^## /m)
    .find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`${path} has no section "${heading}".`);
  return found;
}

/** The rows of the tables in a text, without their heads, cell by cell. */
function tableRows(text: string): string[][] {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows
    .filter((_, i) => !/^\|[-|]+$/.test(rows[i]!) && !/^\|[-|]+$/.test(rows[i + 1] ?? ''))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    );
}

function quoted(text: string): string[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), ([, name]) => name!);
}

/** Paths in quotes, from the root of the repository. */
function pathsIn(text: string): string[] {
  return quoted(text).filter((name) => /^(shared|server|client|scripts)\//.test(name));
}

/** The folders that hold sources themselves: not those of tests, fixtures and test helpers. */
function sourceFolders(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  const holds = entries.some(({ name }) => /\.(tsx?|css|mjs)$/.test(name) && !/\.test\.tsx?$/.test(name));
  const below = entries
    .filter(
      (entry) => entry.isDirectory() && !['fixtures', 'testing', 'node_modules', 'dist'].includes(entry.name),
    )
    .flatMap(({ name }) => sourceFolders(`${folder}/${name}`));
  return holds ? [folder, ...below] : below;
}

describe('the rooms of ARCHITECTURE.md', () => {
  const rows = tableRows(section('ARCHITECTURE.md', 'Rooms'));
  const rooms = new Map(
    rows
      .filter((cells) => cells.length === 3)
      .map(([room, , may]) => [quoted(room!)[0]!.replace(/\/$/, ''), may!]),
  );

  it('name every folder that holds sources', () => {
    const folders = ['shared/src', 'server/src', 'client/src'].flatMap(sourceFolders);
    expect([...rooms.keys()].sort()).toEqual(folders.sort());
  });

  it('name only folders that exist', () => {
    const named = rows.flatMap(([folder]) => pathsIn(folder!));
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(Object.keys(ROOMS).filter((room) => !rooms.has(room))).toEqual([]);
  });

  it.each([...rooms])('say of %s what scripts/rooms.ts says', (room, may) => {
    const own = ROOMS[room];
    const parent = roomOf(`${room}/file.ts`);
    expect(parent !== undefined && isWithin(room, parent)).toBe(true);
    const isPage = own !== undefined && PAGE_ROOMS.every((one) => own.includes(one));
    const cells = isPage
      ? ['as every page', ...own.filter((one) => !PAGE_ROOMS.includes(one)).map(cell)]
      : own?.map(cell);
    expect(may).toBe(cells === undefined ? `as ${cell(parent!)}` : cells.join(', ') || '–');
  });

  it('say what every page may import', () => {
    expect(section('ARCHITECTURE.md', 'Rooms').replaceAll('\n', ' ')).toContain(
      `Every page may import ${PAGE_ROOMS.map(cell).join(', ')}.`,
    );
  });

  /** How a table names a room, or the sources of a workspace as a whole. */
  function cell(path: string): string {
    const [workspace, sources, ...inner] = path.split('/');
    return inner.length === 0 && sources === 'src' ? `all of ${workspace}` : `\`${inner.join('/')}\``;
  }
});

describe('the changes of CONTRIBUTING.md', () => {
  const rows = tableRows(section('CONTRIBUTING.md', 'Twelve changes, and where they go'));

  it('are twelve', () => {
    expect(rows).toHaveLength(12);
  });

  it.each(rows)('to %s touches files and folders that exist', (_, touched) => {
    const paths = pathsIn(touched);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('the paths of the documents', () => {
  it.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md'])('%s names only what there is', (document) => {
    const paths = pathsIn(read(document)).filter((path) => /^[\w./-]+$/.test(path) && !/\/dist\//.test(path));
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('the commands of the documents', () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'docs/training.md', 'docs/convolution.md'];
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

  it.each(documents)('%s names only npm scripts and compiled files that there are', (document) => {
    const text = read(document);
    const commands = Array.from(text.matchAll(/npm run (?:--[a-z]+ )*([a-z][a-z-]*)/g), ([, name]) => name!);
    expect(commands.filter((name) => scripts[name] === undefined)).toEqual([]);
    const files = Array.from(
      text.matchAll(/scripts\/dist\/([\w/-]+)\.js/g),
      ([, name]) => `scripts/${name}.ts`,
    );
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('npm start and npm test are there, and every npm script runs a file that is there', () => {
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test']));
    const files = Object.values(scripts).flatMap((line) =>
      Array.from(line.matchAll(/node (scripts\/\S+)/g), ([, file]) =>
        file!.replace('scripts/dist/', 'scripts/').replace(/\.js$/, '.ts'),
      ),
    );
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('what every change must pass is npm test', () => {
    expect(read('.ci/run').trimEnd().split('\n').at(-1)).toBe('npm test');
  });
});

describe('the kinds of docs/robustness.md', () => {
  it('are those of the suite, each once', () => {
    const rows = tableRows(section('docs/robustness.md', 'All kinds'));
    const named = rows.flatMap(([kinds]) => quoted(kinds!));
    expect([...named].sort()).toEqual(KINDS.map(({ name }) => name).sort());
  });
});
