/** Which maps people look at now: senders are told, so that theirs are written before all others. */
export interface LookedAt {
  /** What one viewer looks at, most wanted first; replaces what it looked at before. */
  look(viewer: object, run: string | null, tags: readonly string[]): void;
  leave(viewer: object): void;
  /** Tags of a run that anybody looks at: first what each viewer wants most. */
  tagsOf(run: string): string[];
  /** `changed` is called with the run whose tags are others now. */
  listen(changed: (run: string) => void): () => void;
}

export function createLookedAt(): LookedAt {
  const looks = new Map<object, { readonly run: string; readonly tags: readonly string[] }>();
  const listeners = new Set<(run: string) => void>();

  function tagsOf(run: string): string[] {
    const lists = [...looks.values()].filter((look) => look.run === run).map(({ tags }) => tags);
    const longest = Math.max(0, ...lists.map(({ length }) => length));
    const found = new Set<string>();
    for (let place = 0; place < longest; place++) {
      for (const tags of lists) for (const tag of tags.slice(place, place + 1)) found.add(tag);
    }
    return [...found];
  }

  function change(runs: readonly (string | null | undefined)[], work: () => void): void {
    const known = new Set(runs.filter((run) => typeof run === 'string'));
    const before = new Map([...known].map((run) => [run, tagsOf(run).join('\n')]));
    work();
    for (const [run, tags] of before) {
      if (tagsOf(run).join('\n') !== tags) for (const listener of listeners) listener(run);
    }
  }

  return {
    look(viewer, run, tags) {
      change([looks.get(viewer)?.run, run], () => {
        if (run === null) looks.delete(viewer);
        else looks.set(viewer, { run, tags });
      });
    },
    leave(viewer) {
      change([looks.get(viewer)?.run], () => looks.delete(viewer));
    },
    tagsOf,
    listen(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
