/** What the page shows, as its address says it. */

/** Which value of a metric counts. */
export const EXTREMES = ['last', 'min', 'max'] as const;
export type Extreme = (typeof EXTREMES)[number];

/** What is one row and one line: a run, or the mean of the runs that belong together. */
export const GROUPINGS = ['runs', 'groups', 'values'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const METHODS = ['pearson', 'spearman'] as const;
export type Method = (typeof METHODS)[number];

/** The part of an axis that was chosen. */
export type Brush =
  | { readonly kind: 'range'; readonly lo: number; readonly hi: number }
  | { readonly kind: 'texts'; readonly texts: readonly string[] };

export interface HparamsView {
  /** Tags of scalars; undefined for those that the log declares, or the loss. */
  readonly metrics: readonly string[] | undefined;
  readonly extreme: Extreme;
  readonly grouping: Grouping;
  readonly method: Method;
  /** Ids of columns, in their order; those that are not named come behind. */
  readonly order: readonly string[];
  /** Columns that are left out although they would be shown. */
  readonly hidden: readonly string[];
  /** Columns whose axis is not the usual one: logarithmic, or not. */
  readonly log: readonly string[];
  readonly linear: readonly string[];
  /** By id of the column. */
  readonly brushes: ReadonlyMap<string, Brush>;
  readonly sort: { readonly column: string; readonly isDescending: boolean } | undefined;
  /** The column that gives lines and points their colours; undefined for the colours of the runs. */
  readonly colour: string | undefined;
}

export const DEFAULT_VIEW: HparamsView = {
  metrics: undefined,
  extreme: 'last',
  grouping: 'runs',
  method: 'spearman',
  order: [],
  hidden: [],
  log: [],
  linear: [],
  brushes: new Map(),
  sort: undefined,
  colour: undefined,
};

/** More names of columns than these are not read from an address. */
const MOST = 200;
const LENGTH = 1000;

export function viewFrom(query: URLSearchParams): HparamsView {
  const all = (name: string) => [
    ...new Set(
      query
        .getAll(name)
        .slice(0, MOST)
        .map(clean)
        .filter((text) => text !== ''),
    ),
  ];
  const metrics = all('metric');
  const sort = clean(query.get('sort') ?? '');
  const colour = clean(query.get('colour') ?? '');
  return {
    metrics: metrics.length === 0 ? undefined : metrics,
    extreme: oneOf(EXTREMES, query.get('value')) ?? DEFAULT_VIEW.extreme,
    grouping: oneOf(GROUPINGS, query.get('by')) ?? DEFAULT_VIEW.grouping,
    method: oneOf(METHODS, query.get('correlation')) ?? DEFAULT_VIEW.method,
    order: all('axis'),
    hidden: all('without'),
    log: all('log'),
    linear: all('linear'),
    brushes: new Map(query.getAll('brush').slice(0, MOST).flatMap(brushIn)),
    sort: /^[+-]./s.test(sort) ? { column: sort.slice(1), isDescending: sort.startsWith('-') } : undefined,
    colour: colour === '' ? undefined : colour,
  };
}

export function queryOf(view: HparamsView): URLSearchParams {
  const query = new URLSearchParams();
  for (const tag of view.metrics ?? []) query.append('metric', tag);
  if (view.extreme !== DEFAULT_VIEW.extreme) query.set('value', view.extreme);
  if (view.grouping !== DEFAULT_VIEW.grouping) query.set('by', view.grouping);
  if (view.method !== DEFAULT_VIEW.method) query.set('correlation', view.method);
  for (const id of view.order) query.append('axis', id);
  for (const id of view.hidden) query.append('without', id);
  for (const id of view.log) query.append('log', id);
  for (const id of view.linear) query.append('linear', id);
  for (const [id, brush] of view.brushes)
    query.append(
      'brush',
      JSON.stringify(brush.kind === 'range' ? [id, brush.lo, brush.hi] : [id, brush.texts]),
    );
  if (view.sort !== undefined) query.set('sort', `${view.sort.isDescending ? '-' : '+'}${view.sort.column}`);
  if (view.colour !== undefined) query.set('colour', view.colour);
  return query;
}

function brushIn(text: string): [string, Brush][] {
  if (text.length > 10 * LENGTH) return [];
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(read)) return [];
  const [id, first, second]: unknown[] = read;
  if (typeof id !== 'string' || id === '' || id !== clean(id)) return [];
  if (typeof first === 'number' && typeof second === 'number' && first <= second)
    return [[id, { kind: 'range', lo: first + 0, hi: second + 0 }]];
  if (!Array.isArray(first)) return [];
  const texts = first.filter((one): one is string => typeof one === 'string' && one === clean(one));
  return texts.length === 0 ? [] : [[id, { kind: 'texts', texts: texts.slice(0, MOST) }]];
}

/** Half a surrogate pair cannot be written to an address. */
function clean(text: string): string {
  return text.slice(0, LENGTH).replaceAll(/\p{Surrogate}/gu, '');
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | undefined {
  return values.find((value) => value === text);
}
