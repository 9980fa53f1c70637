/** What the user has chosen of the run table, kept for each log directory. */
import { z } from '@convscope/shared/zod.js';
import { RUN_PLACES } from '../run-colours.js';
import { type ColumnId, parseColumn } from './columns.js';
import type { Colouring } from './run-places.js';

export interface Sort {
  readonly column: ColumnId;
  readonly descending: boolean;
}

export interface TablePreferences {
  /** The columns beside the name, in order; undefined until the user has chosen any. */
  readonly columns?: readonly ColumnId[] | undefined;
  /** Undefined: the order of the hub. */
  readonly sort?: Sort | undefined;
  readonly colouring: Colouring;
  /** Places that were picked for single runs. */
  readonly picked: Readonly<Record<string, number>>;
  /** The run that the others are compared with. */
  readonly baseline?: string | undefined;
  readonly showsArchived: boolean;
}

export const INITIAL_PREFERENCES: TablePreferences = {
  colouring: { by: 'name' },
  picked: {},
  showsArchived: false,
};

/** More than these are none that a user has chosen. */
const MOST_COLUMNS = 200;
const MOST_PICKED = 5_000;

const column = z.string().check(z.refine((id) => parseColumn(id) !== undefined));
const schema: z.ZodMiniType<TablePreferences> = z.object({
  columns: z.optional(z.array(column).check(z.maxLength(MOST_COLUMNS))),
  sort: z.optional(z.object({ column, descending: z.boolean() })),
  colouring: z.union([
    z.object({ by: z.literal('name') }),
    z.object({ by: z.literal('group'), pattern: z.string() }),
    z.object({ by: z.literal('value'), name: z.string() }),
  ]),
  picked: z
    .record(z.string(), z.int().check(z.gte(0), z.lt(RUN_PLACES)))
    .check(z.refine((picked) => Object.keys(picked).length <= MOST_PICKED)),
  baseline: z.optional(z.string()),
  showsArchived: z.boolean(),
});

/** Undefined if it is none of ours. */
export function parsePreferences(stored: unknown): TablePreferences | undefined {
  const parsed = schema.safeParse(stored);
  return parsed.success ? parsed.data : undefined;
}
