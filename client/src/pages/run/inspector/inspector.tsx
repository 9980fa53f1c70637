/** One channel, one pixel. */

import { type PointerEvent, useLayoutEffect, useMemo, useRef } from 'react';
import { blitMap } from '../../../drawing/blit.js';
import { fitCanvas } from '../../../drawing/canvas.js';
import { boundOf, valueAt } from '../../../drawing/map-stack.js';
import { usePalette } from '../../../drawing/palette.js';
import { Button } from '../../../ui/button.js';
import { formatPercent, formatStep, formatValue } from '../../../ui/format.js';
import { Icon } from '../../../ui/icons.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { firstStepOf } from '../frames/findings.js';
import { fieldOnPicture } from '../frames/layers.js';
import { FLAG_NAMES } from '../grids/output-pane.js';
import { useLimits, useOutlined } from '../grids/pane-hooks.js';
import { useApp, useSelection } from '../run-page-context.js';
import { arithmeticOf } from '../state/arithmetic.js';
import type { Selection, Window } from '../state/selection.js';
import { ArithmeticSection } from './arithmetic-section.js';
import { channelLink } from './open-in-lab.js';
import { ProbePicture } from './probe-picture.js';
import { ProbesSection } from './probes-section.js';
import './inspector.css';
import '../../../ui/chip.css';

const BIG = 160;

export function Inspector({ onClose }: { onClose?: (() => void) | undefined }) {
  const selection = useSelection();
  if (selection === undefined) return null;
  return (
    <aside className="inspector" aria-label="Inspector" tabIndex={0}>
      <Head selection={selection} onClose={onClose} />
      <ArithmeticSection selection={selection} />
      <ChannelToLab selection={selection} />
      <Statistics selection={selection} />
      <ProbesSection />
    </aside>
  );
}

export interface ShownValue {
  readonly y: number;
  readonly x: number;
  readonly value: number;
  /** Before the activation, where the shown value is after it. */
  readonly before: number | undefined;
  /** How far it may be from what the net computed. */
  readonly bound: number;
}

/**
 * The value of the pinned pixel: what the arithmetic gives, where kernels and input are there, since these are exact
 * or finer than the logged map; else the logged one.
 */
export function useShownValue(selection: Selection): ShownValue | undefined {
  return useMemo(() => {
    const { output, preactivation, channel, y, x } = selection;
    if (output === undefined) return undefined;
    const arithmetic = arithmeticOf(selection);
    if (arithmetic !== undefined && !('error' in arithmetic) && Number.isFinite(arithmetic.pixel.sum)) {
      const { pixel, result, inputBound } = arithmetic;
      const value = output.rectified ? result : pixel.sum;
      return {
        y,
        x,
        value,
        before: output.rectified ? pixel.sum : undefined,
        bound: value === 0 ? 0 : inputBound,
      };
    }
    const value = valueAt(output, channel, y, x);
    const before = preactivation === undefined ? undefined : valueAt(preactivation, channel, y, x);
    return { y, x, value, before, bound: output.rectified && value === 0 ? 0 : boundOf(output, channel) };
  }, [selection]);
}

function Head({ selection, onClose }: { selection: Selection; onClose: (() => void) | undefined }) {
  const app = useApp();
  const { layer, channel, health, output, frame } = selection;
  const shown = useShownValue(selection);
  const condition = health[channel]?.conditions[0];
  const duplicateOf = health[channel]?.duplicateOf;
  const findings = useStoreValue(app.frames.findings);
  const since = condition === undefined ? undefined : firstStepOf(findings, layer.name, channel, condition);
  const field = useField(selection);
  const inputShape = useStore(app.run, (run) => run?.start?.model.inputShape);
  return (
    <section className="section">
      <div className="row" style={{ marginBottom: 2 }}>
        <h2 className="title row inspector-title">
          <span className="ellipsis">{layer.description === undefined ? 'channel' : layer.name}</span>
          <span className="nowrap">{layer.description === undefined ? channel : `out ${channel}`}</span>
        </h2>
        {condition !== undefined ? (
          <span
            className={`chip flag-${condition} ellipsis`}
            style={{ borderColor: 'currentColor', flex: '0 1 auto' }}
          >
            <Icon name={condition} />
            {FLAG_NAMES[condition]}
            {condition === 'duplicate' &&
              duplicateOf !== undefined &&
              ` of ${duplicateOf.channel}${duplicateOf.correlation < 0 ? ', negated' : ''}`}
            {since !== undefined && `, since ${formatStep(since)}`}
          </span>
        ) : (
          health.length > 0 && (
            <span className="chip">
              <Icon name="check" />
              healthy
            </span>
          )
        )}
        <span className="grow" />
        <Button
          quiet
          iconOnly
          aria-label="Previous channel"
          title="Previous channel (K)"
          onClick={() => app.selectChannel(channel - 1)}
        >
          <Icon name="left" />
        </Button>
        <Button
          quiet
          iconOnly
          style={{ marginLeft: -6 }}
          aria-label="Next channel"
          title="Next channel (J)"
          onClick={() => app.selectChannel(channel + 1)}
        >
          <Icon name="right" />
        </Button>
        {onClose !== undefined && (
          <Button quiet iconOnly aria-label="Close the inspector" onClick={onClose}>
            <Icon name="close" />
          </Button>
        )}
      </div>
      <div className="row baseline" style={{ marginBottom: 6, flexWrap: 'wrap', columnGap: 8, rowGap: 0 }}>
        <span className="value" data-value={shown?.value ?? ''} data-bound={shown?.bound ?? ''}>
          {shown === undefined ? '–' : `${shown.bound > 0 ? '≈ ' : ''}${formatValue(shown.value)}`}
        </span>
        {shown !== undefined && (
          <span className="small faint">
            {shown.bound > 0 && `± ${formatValue(shown.bound)} `}at y {shown.y}, x {shown.x}
            {output?.rectified &&
              shown.before !== undefined &&
              shown.before < 0 &&
              `, ${formatValue(shown.before)} before ReLU`}
          </span>
        )}
      </div>
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <BigMap selection={selection} />
        {field !== undefined && (
          <div>
            <ProbePicture size={96} field={field} />
            <div className="micro" style={{ marginTop: 4 }}>
              receptive field
              <br />
              <span style={{ color: 'var(--text)' }}>
                {field.y1 - field.y0 + 1}×{field.x1 - field.x0 + 1}
              </span>{' '}
              of the picture,
              <br />y {formatStep(field.y0)}…{formatStep(field.y1)}, x {formatStep(field.x0)}…
              {formatStep(field.x1)}
              {inputShape !== undefined &&
                (field.y0 < 0 || field.x0 < 0 || field.y1 >= inputShape[1] || field.x1 >= inputShape[2]) && (
                  <>
                    <br />
                    partly padding
                  </>
                )}
            </div>
          </div>
        )}
      </div>
      {frame?.errors.map((error) => (
        <p key={error} className="small is-bad" style={{ marginTop: 6 }}>
          {error}
        </p>
      ))}
    </section>
  );
}

function useField(selection: Selection): Window | undefined {
  const app = useApp();
  const layers = useStore(app.run, (run) => run?.start?.model.layers);
  const outlined = useOutlined(selection);
  const { y, x } = outlined ?? selection;
  const { name } = selection.layer;
  return useMemo(
    () => (layers === undefined ? undefined : fieldOnPicture(layers, name, { y, x })),
    [layers, name, y, x],
  );
}

function BigMap({ selection }: { selection: Selection }) {
  const app = useApp();
  const { tokens, luts, nonFinite, well } = usePalette();
  const lock = useStore(app.view, (view) => view.lock);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const crossRef = useRef<HTMLCanvasElement>(null);
  const { output, signed, channel, layer, frame, shape } = selection;
  const outlined = useOutlined(selection);
  const { limits } = useLimits('output', output, frame?.output?.decoded, layer.output.tag, signed, lock);
  const [, height, width] = shape ?? [1, 1, 1];
  const zoom = BIG / Math.max(height, width);
  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas ? fitCanvas(canvas, BIG, BIG) : undefined;
    if (context === undefined) return;
    if (output === undefined) {
      context.fillStyle = tokens.well;
      context.fillRect(0, 0, BIG, BIG);
      return;
    }
    blitMap(context, output, channel, 0, 0, zoom, {
      lut: signed ? luts.RdBu : luts.viridis,
      limits,
      nonFinite,
      well,
    });
  }, [output, channel, zoom, signed, tokens, luts, limits, nonFinite, well]);
  useLayoutEffect(() => {
    const canvas = crossRef.current;
    const context = canvas ? fitCanvas(canvas, BIG, BIG) : undefined;
    if (context === undefined || outlined === undefined || output === undefined) return;
    const x = outlined.x * zoom;
    const y = outlined.y * zoom;
    for (const [lineWidth, colour] of [
      [3, 'rgb(0 0 0 / .55)'],
      [1, '#fff'],
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = lineWidth;
      context.beginPath();
      context.moveTo(x + zoom / 2, 0);
      context.lineTo(x + zoom / 2, y);
      context.moveTo(x + zoom / 2, y + zoom);
      context.lineTo(x + zoom / 2, height * zoom);
      context.moveTo(0, y + zoom / 2);
      context.lineTo(x, y + zoom / 2);
      context.moveTo(x + zoom, y + zoom / 2);
      context.lineTo(width * zoom, y + zoom / 2);
      context.stroke();
      context.strokeRect(x + 0.5, y + 0.5, zoom - 1, zoom - 1);
    }
  }, [outlined, output, zoom, height, width]);
  const pin = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = (place: number, size: number) => Math.max(0, Math.min(size - 1, Math.floor(place / zoom)));
    app.show({ y: at(event.clientY - box.top, height), x: at(event.clientX - box.left, width) });
  };
  return (
    <div
      className="big-map"
      role="img"
      aria-label={`Map of ${layer.name} out ${channel}, magnified; drag to move the pixel`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        pin(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons !== 0) pin(event);
      }}
    >
      <canvas ref={canvasRef} aria-hidden="true" />
      <canvas ref={crossRef} aria-hidden="true" />
    </div>
  );
}

/** The map that is shown, as the lab's input: try other kernels on it. */
function ChannelToLab({ selection }: { selection: Selection }) {
  const { output, channel, layer, frame } = selection;
  if (output === undefined || channel >= output.shape[0]) return null;
  // Made when it is asked for: a live run shows many maps that nobody sends anywhere.
  const open = () => {
    const [, height, width] = output.shape;
    const values = Array.from({ length: height * width }, (_, place) =>
      valueAt(output, channel, Math.floor(place / width), place % width),
    );
    const step = frame === undefined ? '' : `, step ${frame.step}`;
    location.hash = channelLink({ caption: `${layer.name} out ${channel}${step}`, height, width, values });
  };
  return (
    <section className="section">
      <Button onClick={open}>Use this map as the lab’s input</Button>
    </section>
  );
}

function Statistics({ selection }: { selection: Selection }) {
  const app = useApp();
  const { frame, channel, layer } = selection;
  const record = frame?.output?.decoded;
  const statistics = record?.kind === 'channels' ? record.statistics : undefined;
  const findings = useStoreValue(app.frames.findings);
  if (statistics === undefined) return null;
  const dead = firstStepOf(findings, layer.name, channel, 'dead');
  const nonFinite = statistics.nonFinite[channel] ?? 0;
  const before = layer.outputRole === 'preactivation' ? ', before ReLU' : '';
  return (
    <section className="section" aria-label="Channel statistics">
      <h3 className="heading">
        Channel, {formatStep(statistics.pictures)} pictures
        {layer.description?.activation === 'relu' ? before : ''}
      </h3>
      <dl className="statistics">
        <dt>mean</dt>
        <dd>{formatValue(statistics.mean[channel]!)}</dd>
        <dt>std</dt>
        <dd>{formatValue(statistics.std[channel]!)}</dd>
        <dt>min</dt>
        <dd>{formatValue(statistics.min[channel]!)}</dd>
        <dt>max</dt>
        <dd>{formatValue(statistics.max[channel]!)}</dd>
        <dt title="Fraction of values that ReLU silences">zero</dt>
        <dd>{formatPercent(statistics.zeroFraction[channel]!)}</dd>
        {nonFinite > 0 ? (
          <>
            <dt>NaN, ∞</dt>
            <dd className="is-nan">{formatStep(nonFinite)}</dd>
          </>
        ) : (
          <>
            <dt title="Among the captures looked at until now">first dead</dt>
            <dd>{dead === undefined ? 'not seen' : formatStep(dead)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
