import { clampZoom } from '../drawing/tile-layout.js';

/** Buttons for the zoom of the grids: smaller, all maps at once, larger. */
export function ZoomButtons(props: {
  /** What the grids show, in the plural. */
  readonly noun: string;
  /** Undefined: all maps fit. */
  readonly zoom: number | undefined;
  /** Selects the canvas that says the zoom on the screen when it was chosen to fit. */
  readonly canvas: string;
  readonly onZoom: (zoom: number | undefined) => void;
}) {
  const { noun, zoom, onZoom } = props;
  const change = (by: number) => {
    const canvas = document.querySelector<HTMLCanvasElement>(props.canvas);
    onZoom(clampZoom((zoom ?? Number(canvas?.dataset['zoom'] ?? 1)) + by));
  };
  return (
    <span className="segments" role="group" aria-label={`Size of the ${noun}`}>
      <button type="button" aria-label={`Smaller ${noun}`} onClick={() => change(-1)}>
        −
      </button>
      <button
        type="button"
        aria-label={`Fit all ${noun}`}
        aria-pressed={zoom === undefined}
        title={`All ${noun} at once`}
        onClick={() => onZoom(undefined)}
      >
        {zoom === undefined ? 'fit' : `${zoom}×`}
      </button>
      <button type="button" aria-label={`Larger ${noun}`} onClick={() => change(1)}>
        +
      </button>
    </span>
  );
}
