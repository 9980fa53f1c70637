/** Patterns of paths as a shell knows them: `*`, `?`, `[a-z]`, `[!a-z]`, and `**` for any number of folders. */

/** One part for each level. */
export type NamePattern = readonly (RegExp | 'any folders')[];

export function hasWildcard(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * @param names the pattern of each level's name
 * @throws Error if one of them is not a pattern
 */
export function namePattern(names: readonly string[]): NamePattern {
  return names.map((name) => {
    if (name === '**') return 'any folders';
    try {
      return toExpression(name);
    } catch {
      throw new Error(`${name} is not a pattern of names; write [ as [[] where a name contains it.`);
    }
  });
}

/** A pattern that matches one path only. */
export function exactPattern(names: readonly string[]): NamePattern {
  return names.map((name) => new RegExp(`^${escaped(name)}$`, 's'));
}

/** `whole`: the path, or a folder above it, matches. `above`: something below the path may match. */
export function matchNames(pattern: NamePattern, names: readonly string[]): 'whole' | 'above' | 'no' {
  const [part, ...rest] = pattern;
  if (part === undefined) return 'whole';
  const [name, ...below] = names;
  if (part === 'any folders') {
    const without = matchNames(rest, names);
    if (without === 'whole' || name === undefined) return without;
    return name.startsWith('.') ? without : better(without, matchNames(pattern, below));
  }
  if (name === undefined) return 'above';
  return part.test(name) ? matchNames(rest, below) : 'no';
}

function better<M extends 'whole' | 'above' | 'no'>(a: M, b: M): M {
  return a === 'whole' || b === 'no' ? a : b;
}

function toExpression(glob: string): RegExp {
  // As in a shell, a wildcard does not stand for the dot of a hidden name.
  let source = /^[*?[]/.test(glob) ? '(?!\\.)' : '';
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at]!;
    const end = character === '[' ? glob.indexOf(']', at + 2) : -1;
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (end > 0) {
      const set = glob.slice(at + 1, end).replace(/[\\\]^]/g, '\\$&');
      source += `[${set.startsWith('!') ? `^${set.slice(1)}` : set}]`;
      at = end;
    } else source += escaped(character);
  }
  return new RegExp(`^${source}$`, 's');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
