/** Extents that several plots share: each says its own, and gets that of all. */
import { useEffect, useMemo } from 'react';
import { createStore, useStore } from '../../ui/store.js';
import { unionOf } from './scale.js';
import type { Extent } from './x-axis.js';

export class LinkedExtents {
  readonly #groups = new Map<string, Map<string, Extent>>();
  readonly #unions = new Map<string, Extent>();
  /** Counts changes. */
  readonly version = createStore(0);

  /** Sets the extent of a member, or removes it. */
  set(group: string, member: string, extent: Extent | undefined): void {
    const members = this.#groups.get(group) ?? new Map<string, Extent>();
    this.#groups.set(group, members);
    if (extent === undefined) members.delete(member);
    else members.set(member, extent);
    const union = unionOf(members.values());
    const before = this.#unions.get(group);
    if (union?.lo === before?.lo && union?.hi === before?.hi) return;
    if (union === undefined) this.#unions.delete(group);
    else this.#unions.set(group, union);
    this.version.set(this.version.get() + 1);
  }

  /** The extent of all members. The same object until it changes. */
  union(group: string): Extent | undefined {
    return this.#unions.get(group);
  }
}

/** The extent of the group, or the plot's own while plots are not linked. */
export function useLinkedExtent(
  extents: LinkedExtents,
  group: string,
  member: string,
  own: Extent | undefined,
  isLinked: boolean,
): Extent | undefined {
  const lo = own?.lo;
  const hi = own?.hi;
  useEffect(() => {
    if (!isLinked || lo === undefined || hi === undefined) return;
    extents.set(group, member, { lo, hi });
  }, [extents, group, member, lo, hi, isLinked]);
  useEffect(() => {
    if (!isLinked) return;
    return () => extents.set(group, member, undefined);
  }, [extents, group, member, isLinked]);
  const union = useStore(extents.version, () => extents.union(group));
  return useMemo(() => (isLinked ? (unionOf([union, own]) ?? own) : own), [isLinked, union, own]);
}
