import { Toggle } from '../ui/toggle.js';
import type { RunColour } from './run-colours.js';

/** What a row's square says of the curve. `empty`: it is to be drawn, but there is nothing to draw. */
export type CurveState = 'drawn' | 'empty' | 'not drawn';

const TITLES: Readonly<Record<CurveState, string>> = {
  drawn: 'Its curve is drawn. Click to leave it out',
  empty: 'Its curve would be drawn, but it has none here. Click to leave it out',
  'not drawn': 'Its curve is not drawn. Click to draw it',
};

/** The square before a run's name: its colour, and whether its curve is drawn. */
export function RunSquare(props: {
  readonly name: string;
  readonly selected: boolean;
  readonly curve: CurveState;
  readonly look: RunColour;
  readonly tabIndex: number;
  readonly onDraw: (drawn: boolean) => void;
}) {
  const { name, selected, curve, look, tabIndex, onDraw } = props;
  // The line of the selected run is never broken, so that it stands out.
  if (selected) return <span className="swatch drawn solid" style={{ color: look.variable }} />;
  return (
    <Toggle
      className={`swatch ${curve === 'not drawn' ? 'off' : curve} ${look.line}`}
      tabIndex={tabIndex}
      pressed={curve !== 'not drawn'}
      aria-label={`Draw the curve of ${name}`}
      title={TITLES[curve]}
      style={{ color: look.variable }}
      onChange={onDraw}
    />
  );
}
