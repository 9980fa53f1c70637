/**
 * How the page makes its elements, in place of React's own runtime for JSX (`jsxImportSource`). A log may name runs, tags and
 * hyperparameters as it likes, and names are drawn in hundreds of places. So what every element is given to show passes
 * through here: controls that turn the direction of text are escaped, and a name in a script that is written from right to
 * left is kept apart from what stands beside it.
 */
import { withoutTurns } from '@convscope/shared/printable.js';
import { createElement, type ElementType, Fragment } from 'react';

/** Elements that hold text and no elements. */
const TEXT_ONLY: ReadonlySet<unknown> = new Set([
  'option',
  'title',
  'textarea',
  'text',
  'tspan',
  'style',
  'bdi',
]);
/** Letters of Hebrew, Arabic and the other scripts that are written from right to left, the later ones by their first surrogates. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\ud802\ud803\ud83a\ud83b]/;
/** Such letters and controls. Without the flag `u`, the test of a text of other letters takes a few nanoseconds. */
const ODD =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\ud802\ud803\ud83a\ud83b\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Attributes that a reader sees or hears. The others, such as `value`, are data. */
interface Shown {
  readonly title?: unknown;
  readonly alt?: unknown;
  readonly placeholder?: unknown;
  readonly 'aria-label'?: unknown;
  readonly 'aria-valuetext'?: unknown;
  readonly children?: unknown;
}

/** The properties of an element with the texts in them as they are shown. */
export function shownProps(type: ElementType, props: Shown): Shown {
  const { title, alt, placeholder, children, 'aria-label': label, 'aria-valuetext': value } = props;
  // Nearly always.
  if (!(isOdd(children) || isOdd(title) || isOdd(label) || isOdd(value) || isOdd(alt) || isOdd(placeholder)))
    return props;
  // A component may need a text as its child; what it draws of it comes here again.
  const mayHold = (typeof type === 'string' || type === Fragment) && !TEXT_ONLY.has(type);
  const shown: Record<string, unknown> = { ...props };
  for (const [name, text] of Object.entries({
    title,
    alt,
    placeholder,
    'aria-label': label,
    'aria-valuetext': value,
  }))
    if (typeof text === 'string') shown[name] = withoutTurns(text);
  if (isOdd(children)) shown.children = shownNode(children, mayHold, undefined);
  return shown;
}

function isOdd(node: unknown): boolean {
  return typeof node === 'string' ? ODD.test(node) : Array.isArray(node) && node.some(isOdd);
}

/** @param mayHold whether there may be an element in place of a text */
function shownNode(node: unknown, mayHold: boolean, at: number | undefined): unknown {
  if (typeof node === 'string') return shownText(node, mayHold, at);
  return Array.isArray(node) ? node.map((one, place) => shownNode(one, mayHold, place)) : node;
}

function shownText(text: string, mayHold: boolean, at: number | undefined) {
  const plain = withoutTurns(text);
  if (!mayHold || !RIGHT_TO_LEFT.test(plain)) return plain;
  // In the direction of the page: the text may be a sentence with a name in it, or a path.
  return createElement('bdi', { dir: 'ltr', ...(at === undefined ? {} : { key: `text ${at}` }) }, plain);
}
