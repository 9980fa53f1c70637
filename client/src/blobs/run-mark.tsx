import type { DrawnRun } from '../runs/use-drawn-runs.js';
import '../ui/card-page.css';

/** A square with the colour and the line of a run. */
export function RunMark({ run: { colour } }: { readonly run: DrawnRun }) {
  return <span className={`run-mark ${colour.line}`} style={{ color: colour.variable }} />;
}
