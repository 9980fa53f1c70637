/** The probe picture, and beside it a map of what a score depends on, with its legend and the value under the pointer. */
import { type PointerEvent, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { blitMap } from '../../../drawing/blit.js';
import { fitCanvas } from '../../../drawing/canvas.js';
import type { Limits, LutName } from '../../../drawing/lut.js';
import { valueStack } from '../../../drawing/map-stack.js';
import { usePalette } from '../../../drawing/palette.js';
import { Legend } from '../../../grids/legend.js';
import { ProbePicture } from '../shown/probe-picture.js';
import type { Window } from '../state/selection.js';
import { largestSize } from './score-maps.js';

const SIZE = 128;

export interface ScoreMapProps {
  readonly label: string;
  /** [row, column] */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** Where the first cell begins, and how large a cell is, in pixels of the picture. */
  readonly origin: number;
  readonly cell: number;
  readonly side: number;
  readonly signed: boolean;
  readonly legend: ReactNode;
  /** The pixels of the picture that a cell is about. */
  readonly windowOf: (row: number, column: number) => Window;
  /** What is said of a cell. */
  readonly textOf: (row: number, column: number) => ReactNode;
  /** What is said while none is pointed at. */
  readonly children: ReactNode;
}

interface Cell {
  readonly row: number;
  readonly column: number;
}

export function ScoreMap(props: ScoreMapProps) {
  const { label, values, rows, columns, origin, cell, side, signed, windowOf, textOf } = props;
  const { tokens, luts, nonFinite, well } = usePalette();
  const ref = useRef<HTMLCanvasElement>(null);
  const [pointed, setPointed] = useState<Cell>();
  const [chosen, setChosen] = useState<{ readonly of: Float32Array; readonly limits: Limits | undefined }>();
  const [highlight, setHighlight] = useState<Limits>();
  const stack = useMemo(() => valueStack(values, [1, rows, columns]), [values, rows, columns]);
  const usual = useMemo(() => {
    const most = largestSize(values);
    return { lo: signed ? -most : 0, hi: most };
  }, [values, signed]);
  // What was set for one map says nothing of the next one.
  const own = chosen?.of === values ? chosen.limits : undefined;
  const limits = own ?? usual;
  const lut: LutName = signed ? 'RdBu' : 'viridis';
  const zoom = SIZE / side;
  useLayoutEffect(() => {
    const context = ref.current ? fitCanvas(ref.current, SIZE, SIZE) : undefined;
    if (context === undefined) return;
    context.fillStyle = tokens.well;
    context.fillRect(0, 0, SIZE, SIZE);
    const place = origin * zoom;
    blitMap(context, stack, 0, place, place, cell * zoom, {
      lut: luts[lut],
      limits: () => limits,
      highlight,
      nonFinite,
      well,
    });
    if (pointed === undefined) return;
    context.strokeStyle = tokens.text;
    context.lineWidth = 1;
    const [x, y] = [place + pointed.column * cell * zoom, place + pointed.row * cell * zoom];
    context.strokeRect(x + 0.5, y + 0.5, cell * zoom - 1, cell * zoom - 1);
  }, [stack, origin, cell, zoom, lut, luts, limits, highlight, nonFinite, well, tokens, pointed]);
  const point = (event: PointerEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const cellAt = (at: number) => Math.floor((at / zoom - origin) / cell);
    const [row, column] = [cellAt(event.clientY - box.top), cellAt(event.clientX - box.left)];
    const isIn = row >= 0 && column >= 0 && row < rows && column < columns;
    setPointed(isIn ? { row, column } : undefined);
  };
  return (
    <div className="score">
      <div className="score-pictures">
        <ProbePicture size={SIZE} field={pointed && windowOf(pointed.row, pointed.column)} />
        <canvas
          ref={ref}
          role="img"
          aria-label={label}
          data-score-map={`${rows}x${columns}`}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => setPointed(undefined)}
        />
      </div>
      <p className="micro score-text" data-score-text>
        {pointed === undefined ? props.children : textOf(pointed.row, pointed.column)}
      </p>
      <Legend
        name="Score map"
        title={props.legend}
        stack={stack}
        lut={lut}
        limits={limits}
        signed={signed}
        chosen={own !== undefined}
        lock={null}
        onLimits={(next) => setChosen({ of: values, limits: next })}
        onHighlight={setHighlight}
      />
    </div>
  );
}
