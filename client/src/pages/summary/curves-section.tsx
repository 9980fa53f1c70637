/** The loss, and below it the metrics of the machine, on one axis of time. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { type PointerEvent, useMemo, useState } from 'react';
import { scalarText } from '../../charts/tick-text.js';
import { formatDuration } from '../../ui/format.js';
import { useSize } from '../../ui/use-size.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { pathOf, pointAt, type SmallCurve } from './curve-path.js';
import { isSystemTag } from './run-tags.js';
import { useCurves } from './use-curves.js';

/** Charts of more metrics would be a page of scalars, which there is. */
const MOST = 24;
const HEIGHT = 44;

export function CurvesSection({
  summary,
  scalars,
  isKnown,
}: {
  readonly summary: RunSummary;
  readonly scalars: readonly string[];
  /** Whether these are all scalars of the run. */
  readonly isKnown: boolean;
}) {
  const { run, lossTag, firstWallTime, generation, bytes } = summary;
  const system = useMemo(() => scalars.filter(isSystemTag), [scalars]);
  const tags = useMemo(
    () =>
      [...(lossTag === undefined ? [] : [lossTag]), ...system.filter((tag) => tag !== lossTag)].slice(
        0,
        MOST,
      ),
    [lossTag, system],
  );
  const { curves, error } = useCurves(run, tags, firstWallTime, `${generation} ${bytes}`);
  useWaiting(tags.length > 0 && curves === undefined && error === undefined);
  const [at, setAt] = useState<number>();
  if (tags.length === 0) return null;
  const ends = (curves ?? []).flatMap(({ points }) => [points[0]?.x ?? 0, points.at(-1)?.x ?? 0]);
  const [lo, hi] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  // A chart has a width even if all records were logged at one time.
  const x = { lo, hi: hi > lo ? hi : lo + 1 };
  return (
    <section className="summary-section is-wide" aria-label="Loss and machine">
      <h2 className="heading">
        Loss and machine
        <span className="micro">
          {at !== undefined
            ? `at ${formatDuration(at)}`
            : curves !== undefined &&
              `${formatDuration(hi - lo)} from the first of their records to the last`}
        </span>
      </h2>
      {error !== undefined && <p className="small is-bad">{error}</p>}
      <div className="summary-curves">
        {(curves ?? []).map((curve) => (
          <Curve key={curve.tag} curve={curve} x={x} at={at} onMove={setAt} />
        ))}
      </div>
      {isKnown && system.length === 0 && (
        <p className="small muted">
          The run logs no metrics of its machine. Scalars such as{' '}
          <code className="mono">system/gpu_util</code> appear here.
        </p>
      )}
    </section>
  );
}

function Curve(props: {
  readonly curve: SmallCurve;
  readonly x: { readonly lo: number; readonly hi: number };
  readonly at: number | undefined;
  readonly onMove: (at: number | undefined) => void;
}) {
  const { curve, x, at, onMove } = props;
  const { tag, points, last, nonFinite } = curve;
  const [ref, { width }] = useSize<HTMLDivElement>();
  const path = useMemo(() => pathOf(points, x, width, HEIGHT), [points, x, width]);
  const found = at === undefined ? undefined : pointAt(points, at);
  const value = found?.y ?? last;
  const follow = ({ clientX, currentTarget }: PointerEvent) => {
    const box = currentTarget.getBoundingClientRect();
    onMove(x.lo + ((clientX - box.left) / box.width) * (x.hi - x.lo));
  };
  const text = value === undefined ? '–' : scalarText(value);
  return (
    <figure className="summary-curve">
      <figcaption>
        <span className="ellipsis" title={tag}>
          {tag}
        </span>
        <b className="medium">{text}</b>
        {nonFinite > 0 && <span className="is-nan micro">{nonFinite} not finite</span>}
      </figcaption>
      <div
        ref={ref}
        role="img"
        aria-label={`${tag} over time, now ${text}`}
        onPointerMove={follow}
        onPointerLeave={() => onMove(undefined)}
      >
        <svg width="100%" height={HEIGHT} aria-hidden="true">
          <path d={path} fill="none" stroke="var(--text-2)" strokeWidth="1.25" />
          {at !== undefined && (
            <line
              x1={`${((at - x.lo) / (x.hi - x.lo)) * 100}%`}
              x2={`${((at - x.lo) / (x.hi - x.lo)) * 100}%`}
              y1="0"
              y2={HEIGHT}
              stroke="var(--accent)"
            />
          )}
        </svg>
      </div>
    </figure>
  );
}
