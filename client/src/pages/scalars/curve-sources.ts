/** The curves of a card: one for each drawn run that logs one of its tags, or for each group of runs. */
import type { Margin } from '@convscope/shared/event-log/scalars-layout.js';
import { titleOfRun } from '@convscope/shared/run-name.js';
import { placeOf, RUN_COLOURS, runColour, runColourValue } from '../../runs/run-colours.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import type { Track } from '../../series/track.js';
import { compareNames } from '../../ui/compare-names.js';
import type { Tokens } from '../../ui/tokens.js';
import type { CurveSource } from './card-drawing.js';
import { groupByIn, groupsOf } from './run-groups.js';

/** In a card of several tags, lines of one run differ by tag. */
const TAG_DASHES: readonly (readonly number[] | undefined)[] = [undefined, [6, 3], [2, 2], [8, 3, 2, 3]];

/** How the curves of a tag of such a card are drawn, by its place among them. */
export function tagDash(at: number): readonly number[] | undefined {
  return TAG_DASHES[at % TAG_DASHES.length];
}

export interface DrawnGroup {
  /** The name of the group, or of the only run. */
  readonly name: string;
  readonly runs: readonly string[];
  /** What it is called, and of how many runs it is the mean. */
  readonly label: string;
  /** The place of its colour and line. */
  readonly place: number;
}

/** To another colour that is not that of the next name. It has no divisor in common with RUN_COLOURS. */
const TO_NEXT = 3;

/** The groups that are drawn. Eight of them have eight colours, unless runs of one have the same colour already. */
export function drawnGroups(runs: readonly DrawnRun[], group: string): readonly DrawnGroup[] {
  const drawn = new Map(runs.map((one) => [one.run, one]));
  const groups = groupsOf(runs, groupByIn(group)).map((one) => {
    const own = new Set(one.runs.map((run) => drawn.get(run)!.place));
    return { ...one, own: own.size === 1 ? [...own][0] : undefined };
  });
  const taken = new Set(groups.flatMap(({ own }) => own ?? []));
  const freePlace = (name: string): number => {
    for (let skipped = 0; skipped < RUN_COLOURS; skipped++) {
      const place = (placeOf(name) + skipped * TO_NEXT) % RUN_COLOURS;
      if (!taken.has(place)) return place;
    }
    return placeOf(name);
  };
  const places = new Map<string, number>();
  // Not in the order of the list, which can be sorted otherwise.
  for (const { name, own } of [...groups].sort((a, b) => compareNames(a.name, b.name))) {
    if (own !== undefined || places.has(name)) continue;
    places.set(name, freePlace(name));
    taken.add(places.get(name)!);
  }
  return groups.map(({ name, runs: members, own }) => {
    const place = own ?? places.get(name)!;
    const label = members.length > 1 ? `${name} (${members.length})` : titleOfRun(drawn.get(name)!);
    return { name, runs: members, label, place };
  });
}

export function curveSources(options: {
  readonly runs: readonly DrawnRun[];
  readonly tags: readonly string[];
  /** Values within margins, which are drawn instead of a curve for each tag. */
  readonly margins?: readonly Margin[] | undefined;
  readonly group: string;
  readonly tokens: Tokens;
  readonly trackOf: (run: string, tag: string) => Track | undefined;
}): CurveSource[] {
  const { runs, margins = [], group, tokens, trackOf } = options;
  const tags = margins.length > 0 ? margins.map(({ value }) => value) : options.tags;
  const groups = drawnGroups(runs, group);
  return tags.flatMap((tag, tagAt) =>
    groups.flatMap(({ name, runs: members, label, place }): CurveSource[] => {
      const tracksOf = (of: string) =>
        members.flatMap((run) => trackOf(run, of) ?? []).filter(({ isLoaded }) => isLoaded);
      const tracks = tracksOf(tag);
      const margin = margins[tagAt];
      if (tracks.length === 0) return [];
      return [
        {
          key: JSON.stringify([name, tag]),
          label: tags.length > 1 ? `${label} · ${tag}` : label,
          colour: runColourValue(place, tokens),
          dash: tags.length > 1 ? tagDash(tagAt) : runColour(place).dash,
          tracks,
          isGroup: members.length > 1,
          margin: margin && { lower: tracksOf(margin.lower), upper: tracksOf(margin.upper) },
        },
      ];
    }),
  );
}
