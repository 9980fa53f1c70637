/** The scalar in the strip, and its value at a step: smoothed and as it was logged. */

import { memo } from 'react';
import { scalarText } from '../../../charts/tick-text.js';
import type { StripCurves } from '../../../runs/curves.js';
import { useRunSummary } from '../../../runs/runs-context.js';
import type { Curve } from '../../../series/curve.js';
import type { Reading } from '../../../series/line.js';
import { formatPercent, formatStep, plural } from '../../../ui/format.js';
import { Select } from '../../../ui/select.js';
import { useStore, useStoreList } from '../../../ui/store.js';
import { Toggle } from '../../../ui/toggle.js';
import { useRunPage } from '../run-page-context.js';

const SMOOTHINGS = ['0', '0.6', '0.8', '0.9', '0.95', '0.99'] as const;

export interface ReadingsProps {
  readonly curves: StripCurves | undefined;
  /** The step of the playhead, or the one under the pointer. */
  readonly at: number | undefined;
  readonly colour: string;
}

export function Readings({ curves, at, colour }: ReadingsProps) {
  if (curves === undefined) return null;
  const { main, trainAccuracy, testAccuracy, gaps } = curves;
  const readingOf = (curve: Curve | undefined) =>
    curve === undefined || at === undefined ? undefined : curve.readingAt(at, gaps);
  const train = readingOf(trainAccuracy);
  const test = readingOf(testAccuracy);
  return (
    <div className="small nowrap readings">
      <span className="reading" data-must-show>
        <span className="stroke" style={{ background: colour }} />
        <CurveSelect tag={curves.tag} hasTag={curves.hasTag} />
        {curves.isStandIn && <span className="faint">its first scalar: it logs no loss</span>}
        {main === undefined ? (
          <Missing curves={curves} />
        ) : (
          <>
            <SmoothingSelect weight={main.weight} />
            {curves.replaced > 0 && <EarlierToggle count={curves.replaced} leftOut={curves.earlierLeftOut} />}
            <Numbers curve={main} reading={readingOf(main)} at={at} format={scalarText} />
          </>
        )}
      </span>
      {testAccuracy !== undefined && (
        <span className="reading" data-must-show>
          <span className="faint">test acc</span>
          {test === undefined ? <None curve={testAccuracy} at={at} /> : <b>{formatPercent(test.raw)}</b>}
          <OfStep reading={test} at={at} />
        </span>
      )}
      {trainAccuracy !== undefined && (
        <span className="reading">
          <span className="faint">acc</span>
          {trainAccuracy.weight > 0 && <span className="faint">smooth</span>}
          <Numbers curve={trainAccuracy} reading={train} at={at} format={formatPercent} />
        </span>
      )}
    </div>
  );
}

/** Says that the run lacks the scalar. One that it has, or may have, is being loaded. */
function Missing({ curves: { isTagMissing } }: { curves: StripCurves }) {
  const app = useRunPage();
  const isLive = useRunSummary(useStore(app.run, (run) => run?.run))?.state === 'live';
  if (!isTagMissing) return null;
  return <span className="faint">{isLive ? 'not in this run yet' : 'not in this run'}</span>;
}

/** In the place of a value that is not there, or not yet. */
function None({ curve, at }: { curve: Curve; at: number | undefined }) {
  return <span className="faint">{at === undefined || curve.isAsked(at) ? '…' : 'no data'}</span>;
}

/** The smoothed value, if the curve is smoothed, and the logged one. */
function Numbers(props: {
  readonly curve: Curve;
  readonly reading: Reading | undefined;
  readonly at: number | undefined;
  readonly format: (value: number) => string;
}) {
  const { curve, reading, at, format } = props;
  if (reading === undefined) return <None curve={curve} at={at} />;
  const { raw, smoothed } = reading;
  const tone = (value: number) => (Number.isFinite(value) ? '' : 'is-nan');
  return (
    <>
      {curve.weight > 0 && (
        <b className={tone(smoothed)} data-smooth={smoothed}>
          {format(smoothed)}
        </b>
      )}
      <span className="faint">raw</span>
      <b className={tone(raw)} data-raw={raw}>
        {format(raw)}
      </b>
      <OfStep reading={reading} at={at} />
    </>
  );
}

/** The step of a value that is not of the playhead's step. */
function OfStep({ reading, at }: { reading: Reading | undefined; at: number | undefined }) {
  if (reading === undefined || at === undefined || reading.step === at) return null;
  return <span className="faint">of step {formatStep(reading.step)}</span>;
}

// The readings change with every step, their selects hardly ever.
const CurveSelect = memo(function CurveSelect(props: {
  readonly tag: string | undefined;
  readonly hasTag: boolean;
}) {
  const { tag, hasTag } = props;
  const app = useRunPage();
  const tags = [...useStoreList(app.run, (run) => run?.scalarTags ?? [])].sort();
  const options = tags.map((one) => [one, one] as const);
  const isKnown = useStore(app.run, (run) => run?.isComplete);
  if (tag === undefined && tags.length === 0)
    return isKnown === true ? <span className="faint">no scalars</span> : null;
  // The choice stays when another run is shown that does not log it.
  const all =
    tag === undefined
      ? [['', 'choose a curve'] as const, ...options]
      : hasTag
        ? options
        : [[tag, tag] as const, ...options];
  return (
    <Select
      label="Curve in the strip"
      title={tag ?? 'Which scalar the strip draws'}
      value={tag ?? ''}
      options={all}
      onChange={(next) => {
        if (next !== '') app.curve.choose(next);
      }}
    />
  );
});

/** Draws what the run had logged before it was resumed from an earlier step. */
const EarlierToggle = memo(function EarlierToggle({ count, leftOut }: { count: number; leftOut: number }) {
  const app = useRunPage();
  const isOn = useStore(app.view, (view) => view.earlier);
  return (
    <>
      <Toggle
        className="button quiet toggle"
        pressed={isOn}
        title={`Draw the ${plural(count, 'value')} of steps that were logged again later, as after a restart`}
        onChange={(next) => app.show({ earlier: next })}
      >
        earlier
      </Toggle>
      {leftOut > 0 && (
        <span className="faint">{plural(leftOut, 'older branch', 'older branches')} not drawn</span>
      )}
    </>
  );
});

const SmoothingSelect = memo(function SmoothingSelect({ weight }: { weight: number }) {
  const app = useRunPage();
  const own = String(weight);
  const smoothings = SMOOTHINGS.map((one) => [one, one] as const);
  return (
    <Select
      label="Smoothing of the curve"
      text="smooth"
      title="Debiased exponential moving average, as in TensorBoard. Learning rates and few points are not smoothed unless you choose it"
      value={own}
      options={smoothings.some(([one]) => one === own) ? smoothings : [...smoothings, [own, own]]}
      onChange={(next) => app.show({ smoothing: Number(next) })}
    />
  );
});
