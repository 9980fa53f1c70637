import { INDEX_LIMITS } from '@convscope/shared/log-index/index-room.js';

/**
 * How many rows of each tag came before, of as many tags as one run may have. Those of further tags are not counted: the index
 * has no room for their rows either, and where another file of the run made room for a tag, its blocks are only repacked.
 */
export class RowsBefore {
  readonly #rows = new Map<string, number>();
  readonly #limits: { readonly columnsOfRun: number; readonly tagTextOfRun: number };
  #text = 0;

  constructor(limits: { readonly columnsOfRun: number; readonly tagTextOfRun: number } = INDEX_LIMITS) {
    this.#limits = limits;
  }

  /** Number of tags that are counted. */
  get tags(): number {
    return this.#rows.size;
  }

  /** Adds rows of a tag. Returns how many there were before. */
  add(tag: string, rows: number): number {
    const before = this.#rows.get(tag);
    if (before === undefined) {
      const { columnsOfRun, tagTextOfRun } = this.#limits;
      if (this.tags >= columnsOfRun || this.#text + tag.length > tagTextOfRun) return 0;
      this.#text += tag.length;
    }
    this.#rows.set(tag, (before ?? 0) + rows);
    return before ?? 0;
  }
}
