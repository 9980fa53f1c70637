/** Labels, notes and archived runs that the hub has taken, shown until the list of runs, which comes later, says them too. */
import type { RunAnnotation } from '@convscope/shared/protocol/run-actions.js';
import type { RunList } from '../../sources/source.js';

/** Null and empty texts remove what is there. */
export interface AnnotationChange {
  readonly label?: string | null;
  readonly note?: string | null;
  readonly archived?: boolean;
}

type Field = keyof RunAnnotation;
type Value = RunAnnotation[Field];

interface Saved {
  readonly value: Value;
  /** What the list said before. As long as it says that, it has not heard of the change. */
  readonly before: ReadonlySet<Value>;
}

const FIELDS = ['label', 'note', 'archived'] as const;

export class SavedAnnotations {
  readonly #saved = new Map<string, Map<Field, Saved>>();

  /** Notes what the hub has taken. @param list what is shown now */
  save(runs: readonly string[], change: AnnotationChange, list: RunList | undefined): void {
    const shown = new Map(list?.runs.map((summary) => [summary.run, summary]));
    for (const run of runs) {
      const fields = this.#saved.get(run) ?? new Map<Field, Saved>();
      for (const field of FIELDS) {
        if (change[field] === undefined) continue;
        const value = change[field] || undefined;
        const before = new Set(fields.get(field)?.before).add(shown.get(run)?.[field]);
        before.delete(value);
        fields.set(field, { value, before });
      }
      this.#saved.set(run, fields);
    }
  }

  /** The list with what was saved. What it says itself, or says otherwise since, is forgotten. */
  shownIn(list: RunList): RunList {
    if (this.#saved.size === 0) return list;
    const runs = list.runs.map((summary) => {
      const fields = this.#saved.get(summary.run);
      if (fields === undefined) return summary;
      const { label, note, archived, ...rest } = summary;
      const shown: { [field in Field]?: Value } = { label, note, archived };
      for (const [field, { value, before }] of fields) {
        if (before.has(summary[field])) shown[field] = value;
        else fields.delete(field);
      }
      if (fields.size === 0) {
        this.#saved.delete(summary.run);
        return summary;
      }
      return {
        ...rest,
        ...Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined)),
      };
    });
    return { ...list, runs };
  }
}
