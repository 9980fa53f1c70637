/** A plot of each metric over each hyperparameter. */
import { useEffect, useMemo, useRef } from 'react';
import { fitCanvas } from '../../drawing/canvas.js';
import { usePalette } from '../../drawing/palette.js';
import { useNextFrame } from '../../ui/animation-frame.js';
import { useStoreValue } from '../../ui/store.js';
import { showTip } from '../../ui/tooltip.js';
import { useSize } from '../../ui/use-size.js';
import { useVisible } from '../../ui/use-visible.js';
import { correlate, measuresOf } from './correlation.js';
import { correlationText } from './correlations.js';
import { useHparams } from './hparams-state.js';
import type { Row } from './rows.js';
import { cellText } from './texts.js';
import type { ShownColumn, ShownTable } from './use-table.js';

const PAD = 8;
const NEAR = 12;

export function ScatterMatrix({ table }: { readonly table: ShownTable }) {
  const across = table.columns.filter(({ kind }) => kind === 'hparam');
  const metrics = table.columns.filter(({ kind }) => kind === 'metric');
  return (
    <div className="session-scroll" role="group" aria-label="Scatter matrix" tabIndex={0}>
      <table className="scatter">
        <thead>
          <tr>
            <td />
            {across.map(({ id, title, isLog }) => (
              <th key={id} scope="col" className="ellipsis" title={title}>
                {title}
                {isLog && <span className="faint"> log</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <tr key={metric.id}>
              <th scope="row" className="ellipsis" title={metric.title}>
                {metric.title}
                {metric.isLog && <span className="faint"> log</span>}
                <Ends column={metric} />
              </th>
              {across.map((column) => (
                <Cell key={column.id} column={column} metric={metric} table={table} />
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td />
            {across.map((column) => (
              <td key={column.id} className="scatter-ends">
                <Ends column={column} />
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Ends({ column: { scale } }: { readonly column: ShownColumn }) {
  const texts = scale.ticks.map(({ text }) => text);
  return (
    <span className="micro scatter-ticks">
      <span>{texts[0]}</span>
      <span>{texts.length > 1 && texts.at(-1)}</span>
    </span>
  );
}

interface CellProps {
  readonly column: ShownColumn;
  readonly metric: ShownColumn;
  readonly table: ShownTable;
}

function Cell(props: CellProps) {
  const [ref, isVisible] = useVisible<HTMLTableCellElement>();
  return (
    <td ref={ref} className="scatter-cell">
      {isVisible && <Points {...props} />}
    </td>
  );
}

function Points({ column, metric, table }: CellProps) {
  const { rows, within, colourOf } = table;
  const { address, hover } = useHparams();
  const { method } = useStoreValue(address.state);
  const hovered = useStoreValue(hover);
  const { tokens } = usePalette();
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const points = useMemo(() => {
    const placeOf = ({ values }: Row, { id, scale }: ShownColumn) => {
      const value = values.get(id);
      return value === undefined ? undefined : scale.placeOf(value);
    };
    return rows.flatMap((row) => {
      const [x, y] = [placeOf(row, column), placeOf(row, metric)];
      if (x === undefined || y === undefined) return [];
      return [{ row, x: PAD + x * (width - 2 * PAD), y: height - PAD - y * (height - 2 * PAD) }];
    });
  }, [rows, column, metric, width, height]);
  const drawBase = useNextFrame();
  const drawOver = useNextFrame();
  useEffect(() => {
    drawBase(() => {
      const context = base.current === null ? undefined : fitCanvas(base.current, width, height);
      if (context === undefined) return;
      for (const isIn of [false, true])
        for (const { row, x, y } of points) {
          if (within.has(row.id) !== isIn) continue;
          context.globalAlpha = isIn ? 0.9 : 0.5;
          context.fillStyle = isIn ? colourOf(row) : tokens['line-strong'];
          context.beginPath();
          context.arc(x, y, isIn ? 3 : 2, 0, 2 * Math.PI);
          context.fill();
        }
    });
  }, [drawBase, points, within, colourOf, tokens, width, height]);
  useEffect(() => {
    drawOver(() => {
      const context = over.current === null ? undefined : fitCanvas(over.current, width, height);
      const point = points.find(({ row }) => row.id === hovered);
      if (context === undefined || point === undefined) return;
      context.beginPath();
      context.arc(point.x, point.y, 5, 0, 2 * Math.PI);
      context.fillStyle = colourOf(point.row);
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = tokens.text;
      context.stroke();
    });
  }, [drawOver, points, hovered, colourOf, tokens, width, height]);
  const correlation = useMemo(() => {
    const counted = rows.filter(({ id }) => within.has(id));
    const [a, b] = [measuresOf(column, counted, column.isLog)[0], measuresOf(metric, counted, false)[0]];
    if (column.type === 'text' || a === undefined || b === undefined) return undefined;
    return correlate(counted, a, b, method);
  }, [rows, within, column, metric, method]);
  const text = correlation?.value === undefined ? '' : correlationText(correlation);
  return (
    <div
      ref={ref}
      className="scatter-plot"
      role="img"
      aria-label={`${metric.title} over ${column.title}: ${points.length} points${text === '' ? '' : `, correlation ${text}`}`}
      onPointerMove={({ clientX, clientY, currentTarget }) => {
        const box = currentTarget.getBoundingClientRect();
        const away = ({ x, y }: { x: number; y: number }) =>
          Math.hypot(x - clientX + box.left, y - clientY + box.top);
        const near = points
          .filter(({ row }) => within.has(row.id))
          .reduce<(typeof points)[number] | undefined>(
            (best, one) => (best === undefined || away(one) < away(best) ? one : best),
            undefined,
          );
        const found = near !== undefined && away(near) < NEAR ? near.row : undefined;
        hover.set(found?.id);
        showTip(
          found && {
            value: found.name,
            place: '',
            rows: [column, metric].map((one) => [one.title, cellText(one, found)] as const),
            x: clientX,
            y: clientY,
          },
        );
      }}
      onPointerLeave={() => {
        hover.set(undefined);
        showTip(undefined);
      }}
    >
      <canvas ref={base} aria-hidden />
      <canvas ref={over} className="plot-over" aria-hidden />
      {text !== '' && <span className="micro scatter-value">{text}</span>}
    </div>
  );
}
