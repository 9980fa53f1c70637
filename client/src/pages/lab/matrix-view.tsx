/** One channel as a matrix. Its cells can be selected by pointer and keys, and edited. */
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { usePalette } from '../../drawing/palette.js';
import { formatShortWithin } from '../../ui/format.js';
import { type Matrix, type Place, paintMatrix, type Ring } from './matrix-paint.js';

const NO_RING: Ring = { top: 0, left: 0, bottom: 0, right: 0 };

export interface MatrixViewProps extends Omit<Matrix, 'ring'> {
  readonly label: string;
  readonly ring?: Ring;
  readonly onPick?: (place: Place) => void;
  /** A press or drag over the ring or the data. */
  readonly onDrag?: (place: Place) => void;
  readonly onHover?: (place: Place | undefined) => void;
  readonly onEdit?: (place: Place, value: number) => void;
  readonly onArrow?: (dy: number, dx: number) => void;
}

export function MatrixView(props: MatrixViewProps) {
  const { tokens } = usePalette();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [editing, setEditing] = useState<Place>();
  const [cursor, setCursor] = useState<Place>({ y: 0, x: 0 });
  const id = useId();
  const ring = props.ring ?? NO_RING;
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
    paintMatrix(g, { ...props, ring }, tokens, width, height);
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
            {`${props.label}, y ${active.y}, x ${active.x}: ${formatShortWithin(
              props.valueAt(active.y, active.x),
              props.boundAt?.(active.y, active.x) ?? 0,
            )}`}
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
  const typed = (): number | undefined => {
    const text = input.current?.value.trim().replace('−', '-').replace(',', '.') ?? '';
    const value = Number(text);
    return text !== '' && Number.isFinite(value) ? value : undefined;
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
      onInput={(event) => event.currentTarget.setCustomValidity('')}
      onBlur={() => props.onDone(typed())}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') {
          const value = typed();
          if (value !== undefined) props.onDone(value);
          else {
            event.currentTarget.setCustomValidity('This is not a number. Escape keeps the value as it was.');
            event.currentTarget.reportValidity();
          }
        }
        if (event.key === 'Escape') props.onDone(undefined);
      }}
    />
  );
}
