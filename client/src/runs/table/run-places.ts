/** Which colour and line each run has: by its name, by a group of names or by a value, unless one was picked for it. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { Regex } from '@convscope/shared/regex.js';
import { RegexError } from '@convscope/shared/regex-syntax.js';
import { compareNames } from '../../ui/compare-names.js';
import { placeOf, RUN_COLOURS, RUN_PLACES } from '../run-colours.js';
import { configValue, type KnownFacts } from './run-values.js';

export type Colouring =
  | { readonly by: 'name' }
  /** Runs whose names match alike: in the first group of the pattern, or in all of it if it has none. */
  | { readonly by: 'group'; readonly pattern: string }
  /** A value of the configuration. */
  | { readonly by: 'value'; readonly name: string };

/** Undefined if a run belongs to no group; every run by itself if they are coloured by name. */
export function groupOf(run: RunSummary, colouring: Colouring, facts?: KnownFacts): string | undefined {
  if (colouring.by === 'name') return run.run;
  if (colouring.by === 'value') {
    const value = configValue(run, colouring.name, facts);
    return value === undefined ? undefined : String(value);
  }
  const match = patternOf(colouring.pattern)?.exec(run.run);
  return match?.[1] ?? match?.[0];
}

/** Undefined while the user is writing it. */
export function patternOf(text: string): Regex | undefined {
  if (text === '') return undefined;
  try {
    return new Regex(text, { ignoreCase: true });
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    return undefined;
  }
}

/** To another colour, but not to that of the next number in a sweep. It has no divisor in common with RUN_COLOURS. */
const TO_NEXT = 3;

/**
 * The colours that the names give, as long as there are free ones: of runs with the same, those that began later have the next
 * free one, and further runs another line. So no run changes its place when others begin, and eight runs have eight colours.
 */
function placesByName(
  runs: readonly RunSummary[],
  picked: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const uses = new Array<number>(RUN_PLACES).fill(0);
  const put = (run: string, place: number): void => {
    places.set(run, place);
    uses[place]!++;
  };
  for (const { run } of runs) {
    const place = picked.get(run);
    if (place !== undefined) put(run, place);
  }
  const began = ({ firstWallTime }: RunSummary) => (firstWallTime > 0 ? firstWallTime : Number.MAX_VALUE);
  const byAge = [...runs].sort((a, b) => began(a) - began(b) || (a.run < b.run ? -1 : 1));
  for (const { run } of byAge) if (!places.has(run)) put(run, leastUsed(uses, placeOf(run) % RUN_COLOURS));
  return places;
}

/** The place that the fewest runs have: of several the first line, and the colour that comes first from `colour` on. */
function leastUsed(uses: readonly number[], colour: number): number {
  const least = Math.min(...uses);
  for (let line = 0; line < RUN_PLACES; line += RUN_COLOURS)
    for (let skipped = 0; skipped < RUN_COLOURS; skipped++) {
      const place = line + ((colour + skipped * TO_NEXT) % RUN_COLOURS);
      if (uses[place] === least) return place;
    }
  return colour;
}

/** Places by run. Groups have them in the order of their names, so that eight groups have eight colours. */
export function placesOf(
  runs: readonly RunSummary[],
  colouring: Colouring,
  picked: ReadonlyMap<string, number>,
  facts?: KnownFacts,
): ReadonlyMap<string, number> {
  if (colouring.by === 'name') return placesByName(runs, picked);
  const groups = runs.map((run) => groupOf(run, colouring, facts));
  const order = [...new Set(groups.filter((group) => group !== undefined))].sort(compareNames);
  // Those of no group have what comes after the groups.
  const places = new Map(order.map((group, at) => [group, at % RUN_PLACES]));
  const rest = order.length % RUN_PLACES;
  return new Map(
    runs.map(({ run }, at) => {
      const group = groups[at];
      return [run, picked.get(run) ?? (group === undefined ? rest : (places.get(group) ?? rest))];
    }),
  );
}
