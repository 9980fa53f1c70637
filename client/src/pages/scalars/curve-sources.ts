/** The curves of a card: one for each drawn run that logs one of its tags, or for each group of runs. */
import type { Margin } from '@convscope/shared/event-log/scalars-layout.js';
import { titleOfRun } from '@convscope/shared/run-name.js';
import { placeOf, runColour, runColourValue } from '../../runs/run-colours.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import type { Track } from '../../series/track.js';
import type { Tokens } from '../../ui/tokens.js';
import type { CurveSource } from './card-drawing.js';
import { groupByIn, groupsOf } from './run-groups.js';

/** In a card of several tags, lines of one run differ by tag. */
const TAG_DASHES: readonly (readonly number[] | undefined)[] = [undefined, [6, 3], [2, 2], [8, 3, 2, 3]];

/** How the curves of a tag of such a card are drawn, by its place among them. */
export function tagDash(at: number): readonly number[] | undefined {
  return TAG_DASHES[at % TAG_DASHES.length];
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
  const places = new Map(runs.map(({ run, place }) => [run, place]));
  const titles = new Map(runs.map((one) => [one.run, titleOfRun(one)]));
  const groups = groupsOf(runs, groupByIn(group));
  return tags.flatMap((tag, tagAt) =>
    groups.flatMap(({ name, runs: members }): CurveSource[] => {
      const tracksOf = (of: string) =>
        members.flatMap((run) => trackOf(run, of) ?? []).filter(({ isLoaded }) => isLoaded);
      const tracks = tracksOf(tag);
      const margin = margins[tagAt];
      if (tracks.length === 0) return [];
      const isGroup = members.length > 1;
      // Runs of a group may have one colour already.
      const shared = new Set(members.map((run) => places.get(run)));
      const place = (shared.size === 1 ? places.get(members[0]!) : undefined) ?? placeOf(name);
      const shown = isGroup ? `${name} (${members.length})` : (titles.get(name) ?? name);
      return [
        {
          key: JSON.stringify([name, tag]),
          label: tags.length > 1 ? `${shown} · ${tag}` : shown,
          colour: runColourValue(place, tokens),
          dash: tags.length > 1 ? tagDash(tagAt) : runColour(place).dash,
          tracks,
          isGroup,
          margin: margin && { lower: tracksOf(margin.lower), upper: tracksOf(margin.upper) },
        },
      ];
    }),
  );
}
