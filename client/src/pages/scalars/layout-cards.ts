/** The cards of a logged layout: its charts, with the tags that they draw. */
import type { LayoutChart, Margin, ScalarsLayout } from '@convscope/shared/event-log/scalars-layout.js';
import { MOST_STEPS, matching, Regex } from '@convscope/shared/regex.js';
import { RegexError } from '@convscope/shared/regex-syntax.js';
import type { CardCategory } from './cards.js';

/** A chart of more tags could not be read. */
const MOST_TAGS = 64;

/**
 * A card for each chart. It draws the tags that its expressions match, as TensorBoard's do: from the beginning of the tag on, in the
 * order of the expressions. A chart of margins names its tags.
 * @param tags those that the drawn runs log
 */
export function categoriesOf(layout: ScalarsLayout, tags: readonly string[]): CardCategory[] {
  const logged = new Set(tags);
  const ids = new Set<string>();
  /** Of the whole layout, which a file can make as costly as it likes. */
  const budget = { steps: MOST_STEPS };
  return layout.map(({ title, charts, isClosed }) => ({
    title: title === '' ? 'Untitled' : title,
    isClosed,
    cards: charts.map((chart) => {
      const { shown, note } =
        chart.margins.length > 0 ? tagsOfMargins(chart.margins, logged) : tagsOfPatterns(chart, tags, budget);
      return {
        id: unusedId(`${title}: ${chart.title}`, ids, logged),
        tags: shown.slice(0, MOST_TAGS),
        chart: {
          title: chart.title === '' ? 'Untitled' : chart.title,
          margins: chart.margins.filter(({ value }) => logged.has(value)),
          note: shown.length > MOST_TAGS ? `The first ${MOST_TAGS} of ${shown.length} tags are drawn.` : note,
        },
      };
    }),
  }));
}

/** A name that no other card has. */
function unusedId(name: string, ids: Set<string>, tags: ReadonlySet<string>): string {
  let id = name;
  for (let count = 2; ids.has(id) || tags.has(id); count++) id = `${name} (${count})`;
  ids.add(id);
  return id;
}

interface ShownTags {
  readonly shown: readonly string[];
  /** What is not as the layout says. */
  readonly note: string | undefined;
}

function tagsOfMargins(margins: readonly Margin[], logged: ReadonlySet<string>): ShownTags {
  const named = margins.flatMap(({ value, lower, upper }) => [value, lower, upper]);
  const missing = named.find((tag) => !logged.has(tag));
  return {
    shown: [...new Set(named.filter((tag) => logged.has(tag)))],
    note:
      missing === undefined
        ? undefined
        : `No drawn run has logged ${missing === '' ? 'a tag without a name' : missing}.`,
  };
}

function tagsOfPatterns(
  { patterns }: LayoutChart,
  tags: readonly string[],
  budget: { steps: number },
): ShownTags {
  const shown = new Set<string>();
  let problem: string | undefined;
  for (const pattern of patterns) {
    if (budget.steps <= 0)
      return { shown: [...shown], note: 'The expressions of this layout take too long.' };
    try {
      const regex = new Regex(pattern, { fromStart: true });
      for (const tag of matching(tags, (one) => [one], regex, budget.steps).items) shown.add(tag);
      budget.steps -= regex.steps;
    } catch (error) {
      if (!(error instanceof RegexError)) throw error;
      problem ??= `${pattern} is no regular expression that can be used. ${error.message}`;
    }
  }
  const none = `No tag of the drawn runs matches ${patterns.join(', ')}.`;
  return { shown: [...shown], note: problem ?? (shown.size === 0 ? none : undefined) };
}
