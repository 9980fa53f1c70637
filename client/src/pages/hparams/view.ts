/** What the page shows, as its address says it. */
import { RUN_CHOICE, type ViewOfRuns } from '../../runs/run-choice.js';
import { createViewFormat, type Field, field, list, mapped, optional } from '../../ui/view-format.js';
import { arrayIn, type Kind, name, oneOf } from '../../ui/view-kinds.js';

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

export interface HparamsView extends ViewOfRuns {
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

/** More names of columns than these are not read from an address. */
const MOST = 200;

const COLUMN: Kind<string> = name('a column');

const SORT: Kind<NonNullable<HparamsView['sort']>> = {
  read: (one) =>
    /^[+-]./s.test(one) ? { column: one.slice(1), isDescending: one.startsWith('-') } : undefined,
  write: ({ column, isDescending }) => `${isDescending ? '-' : '+'}${column}`,
  takes: 'a column after + or -',
};

const BRUSH: Kind<readonly [column: string, brush: Brush]> = {
  read: brushFrom,
  write: ([column, brush]) =>
    JSON.stringify(brush.kind === 'range' ? [column, brush.lo, brush.hi] : [column, brush.texts]),
  takes: 'a column and the part of its axis like ["lr",0.1,0.2]',
};

/** Columns, each once. */
function columns(key: string, instead: string): Field<readonly string[]> {
  return mapped(
    list(key, COLUMN, { most: MOST, instead }),
    (names) => [...new Set(names)],
    (names) => names,
  );
}

export const HPARAMS_VIEW = createViewFormat<HparamsView>({
  metrics: mapped(
    columns('metric', 'it is left out'),
    (tags) => (tags.length === 0 ? undefined : tags),
    (tags) => tags ?? [],
  ),
  extreme: field('value', oneOf(EXTREMES), 'last', 'it is last'),
  grouping: field('by', oneOf(GROUPINGS), 'runs', 'it is runs'),
  method: field('correlation', oneOf(METHODS), 'spearman', 'it is spearman'),
  order: columns('axis', 'it stays where it was'),
  hidden: columns('without', 'it is shown'),
  log: columns('log', 'it is left out'),
  linear: columns('linear', 'it is left out'),
  brushes: mapped(
    list('brush', BRUSH, { most: MOST, instead: 'all of the axis is chosen' }),
    (brushes) => new Map(brushes),
    (brushes) => [...brushes],
  ),
  sort: optional('sort', SORT, 'rows are in the usual order'),
  colour: optional('colour', COLUMN, 'the colours are those of the runs'),
  runs: RUN_CHOICE,
});

/** Characters of a brush, which may name many texts. */
const LONGEST_BRUSH = 10_000;

function brushFrom(text: string): readonly [column: string, brush: Brush] | undefined {
  const read = arrayIn(text, LONGEST_BRUSH);
  if (read === undefined) return undefined;
  const [id, first, second] = read;
  if (typeof id !== 'string' || !isColumn(id)) return undefined;
  if (typeof first === 'number' && typeof second === 'number' && first <= second)
    return [id, { kind: 'range', lo: first + 0, hi: second + 0 }];
  if (!Array.isArray(first)) return undefined;
  const texts = first.filter((one): one is string => typeof one === 'string' && !HALF_PAIR.test(one));
  return texts.length === 0 ? undefined : [id, { kind: 'texts', texts: texts.slice(0, MOST) }];
}

/** Half a surrogate pair, which JSON can hold and an address cannot. */
const HALF_PAIR = /\p{Surrogate}/u;

function isColumn(id: string): boolean {
  return COLUMN.read(id) !== undefined && !HALF_PAIR.test(id);
}
