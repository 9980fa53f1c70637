import { titleOfRun } from '@convscope/shared/run-name.js';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { RunMark } from '../../blobs/run-mark.js';
import type { TaggedRun } from '../../blobs/use-run-tags.js';
import { formatStep, formatValue } from '../../ui/format.js';
import { showTip } from '../../ui/tooltip.js';
import { useSize } from '../../ui/use-size.js';
import { type PrPoint, pathOf, prCurveOf } from './pr-curve.js';
import { useRecord } from './use-record.js';

/** The units in which curves are drawn. */
const UNITS = 240;
/** The chart is as wide as its card, as far as that is of use. In pixels, without what is beside and above it. */
const SIDES = { least: 160, usual: 240, most: 420 };
const BESIDE = 48;
/** Of the card, left and right together: other.css. */
const PADDING = 24;
const LEFT = 36;
const TOP = 8;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** What a run draws in the chart. */
interface Curve {
  readonly run: string;
  readonly step: number;
  readonly points: readonly PrPoint[] | string;
}

/** Precision against recall of one tag, a line a run, at the step of the page. */
export function PrChart({ tag, runs }: { readonly tag: string; readonly runs: readonly TaggedRun[] }) {
  const [curves, setCurves] = useState<ReadonlyMap<string, Curve>>(new Map());
  const take = useCallback((curve: Curve) => {
    setCurves((before) => (before.get(curve.run) === curve ? before : new Map(before).set(curve.run, curve)));
  }, []);
  const shown = runs.flatMap(({ run }) => {
    const curve = curves.get(run.run);
    return curve === undefined ? [] : [{ run, curve }];
  });
  const [body, { width }] = useSize<HTMLDivElement>();
  const room = width === 0 ? SIDES.usual : width - PADDING - BESIDE;
  const side = Math.round(Math.min(SIDES.most, Math.max(SIDES.least, room)));
  const tell = (event: React.PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const place = {
      recall: (event.clientX - box.left - LEFT) / side,
      precision: 1 - (event.clientY - box.top - TOP) / side,
    };
    let nearest: { readonly run: string; readonly point: PrPoint; readonly distance: number } | undefined;
    for (const { curve } of shown) {
      if (typeof curve.points === 'string') continue;
      for (const point of curve.points) {
        const distance = (point.recall - place.recall) ** 2 + (point.precision - place.precision) ** 2;
        if (nearest === undefined || distance < nearest.distance)
          nearest = { run: curve.run, point, distance };
      }
    }
    if (nearest === undefined) return;
    const { point } = nearest;
    const counts =
      `TP ${formatValue(point.truePositives, 0)} FP ${formatValue(point.falsePositives, 0)} ` +
      `TN ${formatValue(point.trueNegatives, 0)} FN ${formatValue(point.falseNegatives, 0)}`;
    showTip({
      value: `precision ${formatValue(point.precision)}, recall ${formatValue(point.recall)}`,
      place: `threshold ${formatValue(point.threshold)} of ${nearest.run} · ${counts}`,
      x: event.clientX,
      y: event.clientY,
    });
  };
  return (
    <article
      className="other-card bordered-card pr-card"
      data-tag={tag}
      aria-label={`Precision and recall of ${tag}`}
    >
      <header className="bordered-card-head">
        <h3 className="ellipsis small" title={tag}>
          {tag}
        </h3>
      </header>
      <div className="other-body" ref={body}>
        <svg
          className="pr-chart"
          width={side + BESIDE}
          height={side + 44}
          role="img"
          aria-label={`Precision against recall of ${tag}, ${shown.length} runs`}
          onPointerMove={tell}
          onPointerLeave={() => showTip(undefined)}
        >
          <g transform={`translate(${LEFT} ${TOP})`}>
            {TICKS.map((tick) => (
              <g key={tick}>
                <path className="pr-grid" d={`M${tick * side} 0V${side}M0 ${tick * side}H${side}`} />
                <text x={tick * side} y={side + 14} textAnchor="middle">
                  {tick}
                </text>
                <text x={-6} y={(1 - tick) * side + 4} textAnchor="end">
                  {tick}
                </text>
              </g>
            ))}
            <text x={side / 2} y={side + 30} textAnchor="middle">
              recall
            </text>
            <text transform={`translate(-28 ${side / 2}) rotate(-90)`} textAnchor="middle">
              precision
            </text>
            {shown.map(({ run, curve }) =>
              typeof curve.points === 'string' ? null : (
                <path
                  key={run.run}
                  className="pr-line"
                  data-run={run.run}
                  d={pathOf(curve.points, UNITS)}
                  transform={`scale(${side / UNITS})`}
                  stroke={run.colour.variable}
                  strokeDasharray={run.colour.dash?.join(' ')}
                />
              ),
            )}
          </g>
        </svg>
        <ul className="small">
          {runs.map((of) => (
            <CurveRow key={of.run.run} of={of} onCurve={take} />
          ))}
        </ul>
      </div>
    </article>
  );
}

function CurveRow({
  of: { run, tag },
  onCurve,
}: {
  readonly of: TaggedRun;
  readonly onCurve: (curve: Curve) => void;
}) {
  const { rows, shown } = useRecord({
    run: run.run,
    tag: tag.tag,
    kind: tag.kind === 'tensor' ? 'tensor' : 'other',
  });
  const curve = useMemo((): Curve | undefined => {
    if (shown === undefined) return undefined;
    const points = shown.decoded === undefined ? (shown.error ?? '') : prCurveOf(shown.decoded);
    return { run: run.run, step: shown.at.step, points };
  }, [shown, run.run]);
  useEffect(() => {
    if (curve !== undefined) onCurve(curve);
  }, [curve, onCurve]);
  const first = rows?.column.firstStep;
  return (
    <li>
      <div className="row">
        <RunMark run={run} />
        <span className="ellipsis">{titleOfRun(run)}</span>
        <span className="micro nowrap" data-step={curve?.step}>
          {curve !== undefined
            ? `step ${formatStep(curve.step)}`
            : first !== undefined && `from step ${formatStep(first)}`}
        </span>
      </div>
      {typeof curve?.points === 'string' && <p className="is-bad">{curve.points}</p>}
    </li>
  );
}
