/**
 * One channel as a matrix: numbers where a cell has room for them, colours below that. Draws the padding ring,
 * the window with its taps and the holes between them, and hatches what the floor division drops.
 */
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { type Tokens, useTokens } from './colours.js';
import { formatNumber } from './format.js';

export interface Place {
  readonly y: number;
  readonly x: number;
}

export interface Tap extends Place {
  /** The weight this cell is multiplied by. */
  readonly weight: number;
}

export interface MatrixViewProps {
  readonly label: string;
  /** Cells of the data proper; places outside (down to −ring) belong to the ring. */
  readonly height: number;
  readonly width: number;
  readonly ring?: {
    readonly top: number;
    readonly left: number;
    readonly bottom: number;
    readonly right: number;
  };
  readonly valueAt: (y: number, x: number) => number;
  /** Side of a cell in CSS pixels. */
  readonly cell: number;
  readonly colour: (value: number) => string;
  /** Places that count for the selected pixel. */
  readonly taps?: readonly Tap[];
  /** Corner (inclusive) and size of the window that holds them. */
  readonly window?: Place & { readonly height: number; readonly width: number };
  /** First row and column, in padded coordinates, that no window reaches. */
  readonly dropped?: { readonly fromY: number; readonly fromX: number };
  readonly selected?: Place;
  /** Cells that are holes (a dilated kernel). */
  readonly isHole?: (y: number, x: number) => boolean;
  readonly onPick?: (place: Place) => void;
  /** A press or drag over the ring or the data. */
  readonly onDrag?: (place: Place) => void;
  readonly onHover?: (place: Place | undefined) => void;
  readonly onEdit?: (place: Place, value: number) => void;
  readonly onArrow?: (dy: number, dx: number) => void;
}

const NUMBER_CELL = 26;

export function MatrixView(props: MatrixViewProps) {
  const tokens = useTokens();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [editing, setEditing] = useState<Place>();
  const [cursor, setCursor] = useState<Place>({ y: 0, x: 0 });
  const id = useId();
  const ring = props.ring ?? { top: 0, left: 0, bottom: 0, right: 0 };
  const rows = ring.top + props.height + ring.bottom;
  const columns = ring.left + props.width + ring.right;
  const width = columns * props.cell + 1;
  const height = rows * props.cell + 1;

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const ratio = globalThis.devicePixelRatio || 1;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    const g = element.getContext('2d');
    if (!g) return;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(g, props, ring, tokens, width, height);
  });

  const placeOf = (event: PointerEvent<HTMLElement>): Place | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = Math.floor((event.clientX - box.left) / props.cell) - ring.left;
    const y = Math.floor((event.clientY - box.top) / props.cell) - ring.top;
    const inside =
      y >= -ring.top && x >= -ring.left && y < props.height + ring.bottom && x < props.width + ring.right;
    return inside ? { y, x } : undefined;
  };
  const isData = (place: Place) =>
    place.y >= 0 && place.x >= 0 && place.y < props.height && place.x < props.width;

  const active = props.selected ?? cursor;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      if (props.onArrow) props.onArrow(step[0]!, step[1]!);
      else
        setCursor({
          y: Math.max(0, Math.min(props.height - 1, cursor.y + step[0]!)),
          x: Math.max(0, Math.min(props.width - 1, cursor.x + step[1]!)),
        });
    } else if (event.key === 'Enter' && props.onEdit && isData(active)) {
      event.preventDefault();
      setEditing(active);
    } else if (event.key === 'Enter' && props.onPick) {
      event.preventDefault();
      props.onPick(active);
    }
  };

  const size: CSSProperties = { width, height };
  return (
    <div className="lab-matrix" style={size}>
      <div
        role="grid"
        tabIndex={0}
        className="lab-grid"
        aria-label={props.label}
        aria-rowcount={props.height}
        aria-colcount={props.width}
        aria-activedescendant={id}
        style={size}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          const place = placeOf(event);
          if (!place) return;
          if (isData(place)) setCursor(place);
          if (props.onDrag) {
            event.currentTarget.setPointerCapture(event.pointerId);
            props.onDrag(place);
          }
          if (isData(place)) props.onPick?.(place);
        }}
        onPointerMove={(event) => {
          const place = placeOf(event);
          if (place && event.buttons === 1) props.onDrag?.(place);
          props.onHover?.(place && isData(place) ? place : undefined);
        }}
        onPointerLeave={() => props.onHover?.(undefined)}
        onDoubleClick={(event) => {
          const place = placeOf(event as unknown as PointerEvent<HTMLElement>);
          if (place && isData(place) && props.onEdit) setEditing(place);
        }}
      >
        <canvas ref={canvas} style={size} aria-hidden="true" />
        <div role="row" className="sr">
          <span role="gridcell" id={id}>
            {`${props.label}, y ${active.y}, x ${active.x}: ${formatNumber(props.valueAt(active.y, active.x))}`}
          </span>
        </div>
      </div>
      {editing && (
        <CellEditor
          place={editing}
          cell={props.cell}
          left={(editing.x + ring.left) * props.cell}
          top={(editing.y + ring.top) * props.cell}
          value={props.valueAt(editing.y, editing.x)}
          onDone={(value) => {
            if (value !== undefined) props.onEdit?.(editing, value);
            setEditing(undefined);
          }}
        />
      )}
    </div>
  );
}

function CellEditor(props: {
  place: Place;
  cell: number;
  left: number;
  top: number;
  value: number;
  onDone: (value: number | undefined) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const done = () => {
    const text = input.current?.value.trim().replace('−', '-').replace(',', '.') ?? '';
    const value = Number(text);
    props.onDone(text !== '' && Number.isFinite(value) ? value : undefined);
  };
  return (
    <input
      ref={input}
      className="lab-cell-editor"
      aria-label={`Value at y ${props.place.y}, x ${props.place.x}`}
      defaultValue={String(Math.round(props.value * 1e6) / 1e6)}
      inputMode="decimal"
      style={{
        left: props.left,
        top: props.top,
        width: Math.max(props.cell + 1, 44),
        height: Math.max(props.cell + 1, 24),
      }}
      onBlur={done}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') done();
        if (event.key === 'Escape') props.onDone(undefined);
      }}
    />
  );
}

function paint(
  g: CanvasRenderingContext2D,
  props: MatrixViewProps,
  ring: { top: number; left: number; bottom: number; right: number },
  tokens: Tokens,
  width: number,
  height: number,
): void {
  const { cell } = props;
  const numbers = cell >= NUMBER_CELL;
  const lines = cell >= 10;
  const taps = new Map<string, Tap>();
  for (const tap of props.taps ?? []) taps.set(`${tap.y},${tap.x}`, tap);
  g.clearRect(0, 0, width, height);
  g.textAlign = 'center';
  g.textBaseline = 'middle';

  for (let y = -ring.top; y < props.height + ring.bottom; y++) {
    for (let x = -ring.left; x < props.width + ring.right; x++) {
      const left = (x + ring.left) * cell;
      const top = (y + ring.top) * cell;
      const inRing = y < 0 || x < 0 || y >= props.height || x >= props.width;
      const hole = props.isHole?.(y, x) ?? false;
      const tap = taps.get(`${y},${x}`);
      const value = hole ? 0 : props.valueAt(y, x);
      if (numbers) g.fillStyle = tap ? tokens['accent-wash'] : inRing ? tokens['bg-sunk'] : tokens.bg;
      else g.fillStyle = hole ? tokens.bg : props.colour(value);
      g.fillRect(left, top, cell, cell);
      if (inRing && !numbers) {
        g.fillStyle = tokens['bg-sunk'];
        g.globalAlpha = 0.55;
        g.fillRect(left, top, cell, cell);
        g.globalAlpha = 1;
      }
      if (lines) {
        g.strokeStyle = inRing || hole ? tokens.line : tokens['line-strong'];
        g.setLineDash(hole ? [2, 4] : inRing ? [3, 3] : []);
        g.strokeRect(left + 0.5, top + 0.5, cell, cell);
        g.setLineDash([]);
      }
      if (numbers && !hole) {
        const size = Math.min(16, Math.floor(cell * 0.34));
        g.font = `${tap ? 600 : 400} ${Math.max(11, size)}px ${tokens.font}`;
        g.fillStyle = inRing ? tokens['text-3'] : tokens.text;
        const lift = tap && cell >= 40 ? 3 : 0;
        g.fillText(
          formatNumber(value, cell >= 40 ? 3 : 2),
          left + cell / 2,
          top + cell / 2 + 1 - lift,
          cell - 4,
        );
        if (tap && cell >= 40) {
          g.font = `500 11px ${tokens.font}`;
          g.fillStyle = tokens.accent;
          g.textAlign = 'right';
          g.fillText(`×${formatNumber(tap.weight, 2)}`, left + cell - 4, top + cell - 8, cell - 6);
          g.textAlign = 'center';
        }
      } else if (tap && cell >= 10) {
        g.strokeStyle = tokens.accent;
        g.lineWidth = 1;
        g.strokeRect(left + 0.5, top + 0.5, cell - 1, cell - 1);
      }
    }
  }

  if (props.dropped) hatch(g, props, ring, props.dropped, tokens, width, height);
  g.strokeStyle = tokens.accent;
  g.lineWidth = 2;
  if (props.window) {
    const w = props.window;
    g.strokeRect(
      (w.x + ring.left) * cell + 0.5,
      (w.y + ring.top) * cell + 0.5,
      w.width * cell,
      w.height * cell,
    );
  }
  if (props.selected) {
    g.strokeRect(
      (props.selected.x + ring.left) * cell + 0.5,
      (props.selected.y + ring.top) * cell + 0.5,
      Math.max(3, cell),
      Math.max(3, cell),
    );
  }
  g.lineWidth = 1;
}

/** Diagonal lines over the rows and columns that fill no window. */
function hatch(
  g: CanvasRenderingContext2D,
  props: MatrixViewProps,
  ring: { top: number; left: number; bottom: number; right: number },
  dropped: { fromY: number; fromX: number },
  tokens: Tokens,
  width: number,
  height: number,
): void {
  const top = (dropped.fromY + ring.top) * props.cell;
  const left = (dropped.fromX + ring.left) * props.cell;
  if (top >= height - 1 && left >= width - 1) return;
  g.save();
  g.beginPath();
  g.rect(0, top, width, height - top);
  g.rect(left, 0, width - left, Math.min(top, height));
  g.clip();
  g.strokeStyle = tokens.warn;
  g.globalAlpha = 0.7;
  for (let d = -height; d < width; d += 6) {
    g.beginPath();
    g.moveTo(d, height);
    g.lineTo(d + height, 0);
    g.stroke();
  }
  g.restore();
}
