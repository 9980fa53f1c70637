/**
 * What a page shows, as its address says it: a table of fields, each with its name in the query, its usual value, and how it is read
 * and written. An address may have been written by hand: what cannot be read is as usual, and is named; so is what no field reads.
 */
import { THEMES } from './theme.js';
import { type Kind, oneOf } from './view-kinds.js';

/** A parameter of an address, and how often it may stand there. */
export interface Parameter {
  readonly name: string;
  readonly most: number;
}

export interface Field<T> {
  readonly usual: T;
  /** Those that the field reads. */
  readonly parameters: readonly Parameter[];
  read(query: URLSearchParams): T;
  /** The usual value adds nothing. */
  write(value: T, query: URLSearchParams): void;
  /** One sentence for each text that cannot be read. */
  problems(query: URLSearchParams): readonly string[];
}

export type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

export interface ViewFormat<T> {
  readonly usual: T;
  parse(query: URLSearchParams): T;
  /** The query that `parse` makes the same view of. */
  format(view: T): URLSearchParams;
  /** One sentence for each text that cannot be read, and for what the page does not read. */
  problems(query: URLSearchParams): readonly string[];
}

/** Fields are written in the order of the table. */
export function createViewFormat<T extends object>(fields: Fields<T>): ViewFormat<T> {
  const { parse, format, usual, parameters, problems } = fieldsOf(fields);
  return {
    usual,
    parse,
    format,
    problems: (query) => [...problems(query), ...problemsOfUnread(query, parameters)],
  };
}

/** @param parameters those that the page reads itself, beside those that all pages read */
export function problemsOfUnread(
  query: URLSearchParams,
  parameters: readonly Parameter[],
): readonly string[] {
  const known = new Map(parameters.map(({ name, most }) => [name, most]));
  const common = ON_ALL_PAGES.filter(({ parameters }) => parameters.every(({ name }) => !known.has(name)));
  for (const { name, most } of common.flatMap(({ parameters }) => parameters)) known.set(name, most);
  const names = [...new Set(query.keys())];
  const unknown = names.filter((one) => !known.has(one)).map((one) => `“${shown(one)}”`);
  const left = unknown.length - MOST_UNKNOWN;
  return [
    ...common.flatMap(({ problems }) => problems(query)),
    ...names.flatMap((one) => {
      const most = known.get(one) ?? Number.POSITIVE_INFINITY;
      if (query.getAll(one).length <= most) return [];
      return [`Of ${one} in the address only the first ${most === 1 ? 'is' : `${most} are`} read.`];
    }),
    ...(unknown.length === 0
      ? []
      : [
          `This page does not know ${unknown.slice(0, MOST_UNKNOWN).join(', ')}${left > 0 ? ` and ${left} more` : ''} in the address: ${unknown.length === 1 ? 'it is' : 'they are'} left out.`,
        ]),
  ];
}

function fieldsOf<T extends object>(fields: Fields<T>): ViewFormat<T> & Pick<Field<T>, 'parameters'> {
  const entries: readonly [string, Field<T[keyof T]>][] = Object.entries(fields);
  const viewOf = (value: (field: Field<T[keyof T]>) => T[keyof T]): T =>
    // Each key has the value of its own field.
    Object.fromEntries(entries.map(([key, field]) => [key, value(field)])) as T;
  return {
    usual: viewOf(({ usual }) => usual),
    parameters: entries.flatMap(([, { parameters }]) => parameters),
    parse: (query) => viewOf((field) => field.read(query)),
    format(view) {
      const query = new URLSearchParams();
      for (const key in fields) fields[key].write(view[key], query);
      return query;
    },
    problems: (query) => entries.flatMap(([, field]) => field.problems(query)),
  };
}

/** @param instead what happens in the place of what cannot be read: "all steps are shown" */
export function field<T>(name: string, kind: Kind<T>, usual: T, instead: string): Field<T> {
  return {
    usual,
    parameters: [{ name, most: 1 }],
    read: (query) => first(query, name, kind) ?? usual,
    write(value, query) {
      if (value !== usual) query.set(name, kind.write(value));
    },
    problems: (query) => problemsOf(query, name, kind, instead),
  };
}

/** A field that is written always, because its usual value depends on what somebody has chosen before. */
export function saidField<T>(...[name, kind, usual, instead]: Parameters<typeof field<T>>): Field<T> {
  return {
    ...field(name, kind, usual, instead),
    write: (value, query) => query.set(name, kind.write(value)),
  };
}

/** A value that the address may leave open. */
export function optional<T>(name: string, kind: Kind<T>, instead: string): Field<T | undefined> {
  return {
    usual: undefined,
    parameters: [{ name, most: 1 }],
    read: (query) => first(query, name, kind),
    write(value, query) {
      if (value !== undefined) query.set(name, kind.write(value));
    },
    problems: (query) => problemsOf(query, name, kind, instead),
  };
}

/** A switch that is off, or at `mark`. */
export function flag(name: string, instead: string, mark = '1'): Field<boolean> {
  const kind: Kind<true> = {
    read: (one) => (one === mark ? true : undefined),
    write: () => mark,
    takes: mark,
  };
  return {
    usual: false,
    parameters: [{ name, most: 1 }],
    read: (query) => first(query, name, kind) ?? false,
    write(value, query) {
      if (value) query.set(name, mark);
    },
    problems: (query) => problemsOf(query, name, kind, instead),
  };
}

export interface ListOptions {
  /** More than these are not read. */
  readonly most: number;
  /** What happens to an entry that cannot be read. */
  readonly instead: string;
}

/** Values that stand in the address one by one. */
export function list<T>(name: string, kind: Kind<T>, { most, instead }: ListOptions): Field<readonly T[]> {
  return {
    usual: [],
    parameters: [{ name, most }],
    read: (query) =>
      query
        .getAll(name)
        .slice(0, most)
        .map((one) => kind.read(one))
        .filter((value) => value !== undefined),
    write(values, query) {
      for (const value of values.slice(0, most)) query.append(name, kind.write(value));
    },
    problems: (query) => problemsOf(query, name, kind, instead),
  };
}

/** A field whose value is held in another form. */
export function mapped<A, B>(of: Field<A>, to: (value: A) => B, from: (value: B) => A): Field<B> {
  return {
    usual: to(of.usual),
    parameters: of.parameters,
    read: (query) => to(of.read(query)),
    write: (value, query) => of.write(from(value), query),
    problems: of.problems,
  };
}

/** Several fields that are one value. */
export function record<T extends object>(fields: Fields<T>): Field<T> {
  const { usual, parameters, parse, format, problems } = fieldsOf(fields);
  return {
    usual,
    parameters,
    read: parse,
    write(value, query) {
      for (const [key, one] of format(value)) query.append(key, one);
    },
    problems,
  };
}

function first<T>(query: URLSearchParams, name: string, kind: Kind<T>): T | undefined {
  const found = query.get(name);
  return found === null ? undefined : kind.read(found);
}

/** Characters of what cannot be read that are shown. */
const SHOWN = 24;
/** Parameters that are not known and are named. */
const MOST_UNKNOWN = 5;

/** Read by the app from the address of any page. */
const ON_ALL_PAGES: readonly Pick<Field<unknown>, 'parameters' | 'problems'>[] = [
  optional('theme', oneOf(THEMES), 'the theme stays'),
  optional('embed', oneOf(['1', '0']), 'what surrounds the page stays'),
];

function shown(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function problemsOf<T>(
  query: URLSearchParams,
  name: string,
  kind: Kind<T>,
  instead: string,
): readonly string[] {
  return query.getAll(name).flatMap((one) => {
    if (kind.read(one) !== undefined) return [];
    return [`${name}=${shown(one)} in the address is not ${kind.takes}: ${instead}.`];
  });
}
