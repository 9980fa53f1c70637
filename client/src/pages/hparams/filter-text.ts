/** Brushes as a filter of runs, in the words of the run list. */
import type { Column } from './columns.js';
import type { Brush, Extreme } from './view.js';

/** `lr>=0.001 && lr<=0.1 && (optimizer=adam || optimizer=sgd)`; empty without brushes. */
export function filterText(
  brushes: ReadonlyMap<string, Brush>,
  columns: readonly Column[],
  extreme: Extreme,
): string {
  const parts: string[] = [];
  for (const column of columns) {
    const brush = brushes.get(column.id);
    if (brush === undefined) continue;
    const name =
      column.kind === 'metric' && extreme !== 'last'
        ? `${extreme}(${quoted(column.name)})`
        : quoted(column.name);
    if (brush.kind === 'range') {
      if (brush.lo > Number.NEGATIVE_INFINITY) parts.push(`${name}>=${brush.lo}`);
      if (brush.hi < Number.POSITIVE_INFINITY) parts.push(`${name}<=${brush.hi}`);
      continue;
    }
    const texts = brush.texts.map((text) => `${name}=${quoted(text)}`);
    parts.push(texts.length === 1 ? texts[0]! : `(${texts.join(' || ')})`);
  }
  return parts.join(' && ');
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : JSON.stringify(text);
}

/** The filter with brushes after it. `base` is what the user has typed. */
export function withBrushes(base: string, brushes: string): string {
  if (base.trim() === '') return brushes;
  if (brushes === '') return base;
  return `${base.includes('||') ? `(${base})` : base} && ${brushes}`;
}
