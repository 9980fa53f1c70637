/** The channel's name and health, the value of the pixel, the map magnified, and the receptive field. */

import { netProjectiveField, netReceptiveField } from '@convscope/shared/layers/net-fields.js';
import { useMemo, useState } from 'react';
import { Button } from '../../../ui/button.js';
import { formatStep } from '../../../ui/format.js';
import { Icon } from '../../../ui/icons.js';
import { useStore } from '../../../ui/store.js';
import { FLAG_NAMES } from '../flag-names.js';
import { intervalText } from '../frames/findings.js';
import { useRunPage } from '../run-page-context.js';
import { OfStep } from '../shown/of-step.js';
import { ProbePicture } from '../shown/probe-picture.js';
import type { Selection, Window } from '../state/selection.js';
import { BigMap } from './big-map.js';
import { PixelNumber } from './pixel-number.js';
import '../../../ui/chip.css';

export function Head({ selection, onClose }: { selection: Selection; onClose: (() => void) | undefined }) {
  const app = useRunPage();
  const { layer, channel, health, frame } = selection;
  const condition = health[channel]?.conditions[0];
  const duplicate = health[channel]?.duplicate;
  const intervals = useStore(app.frames.history.health, (layers) =>
    layers.get(layer.name)?.intervals.get(channel),
  );
  const step = frame?.output?.step ?? -1;
  const interval = intervals?.find(
    (one) => one.condition === condition && one.from <= step && step <= one.to,
  );
  const sentence =
    condition &&
    [
      FLAG_NAMES[condition],
      condition === 'duplicate' &&
        duplicate &&
        `of ${duplicate.of}${duplicate.correlation < 0 ? ', negated' : ''}`,
      interval && intervalText(interval),
    ]
      .filter(Boolean)
      .join(' ');
  const field = useField(selection);
  const [pointed, setPointed] = useState<Pixel | undefined>(undefined);
  const reach = useReach(selection, pointed);
  const inputShape = useStore(app.run, (run) => run?.model?.inputShape);
  return (
    <section className="section">
      <div className="row" style={{ marginBottom: 2 }}>
        <div className="row inspector-name">
          <h2 className="title row inspector-title">
            <span className="ellipsis">{selection.described === undefined ? 'channel' : layer.name}</span>
            <span className="nowrap">{selection.described === undefined ? channel : `out ${channel}`}</span>
          </h2>
          {sentence !== undefined && condition !== undefined ? (
            <span
              className={`chip flag-${condition}`}
              style={{ borderColor: 'currentColor' }}
              title={sentence}
            >
              <Icon name={condition} />
              <span className="ellipsis">{sentence}</span>
            </span>
          ) : (
            health.length > 0 && (
              <span className="chip">
                <Icon name="check" />
                {intervals === undefined ? 'healthy' : `healthy at ${formatStep(step)}`}
              </span>
            )
          )}
        </div>
        <Button
          quiet
          iconOnly
          aria-label="Previous channel"
          title="Previous channel (K)"
          onClick={() => app.moveChannel(-1)}
        >
          <Icon name="left" />
        </Button>
        <Button
          quiet
          iconOnly
          style={{ marginLeft: -6 }}
          aria-label="Next channel"
          title="Next channel (J)"
          onClick={() => app.moveChannel(1)}
        >
          <Icon name="right" />
        </Button>
        {onClose !== undefined && (
          <Button quiet iconOnly aria-label="Close the inspector" onClick={onClose}>
            <Icon name="close" />
          </Button>
        )}
      </div>
      <PixelNumber selection={selection} />
      <p className="micro of-step-line">
        <OfStep step={frame?.output?.step} what="map" />
      </p>
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <BigMap selection={selection} reach={reach} />
        {field !== undefined && (
          <div>
            <ProbePicture
              size={96}
              field={pointed === undefined ? field : onePixel(pointed)}
              onPoint={setPointed}
            />
            <div className="micro" style={{ marginTop: 4 }}>
              {pointed !== undefined ? (
                <ReachText pointed={pointed} reach={reach} />
              ) : (
                <>
                  receptive field
                  <br />
                  <span style={{ color: 'var(--text)' }}>
                    {field.y1 - field.y0 + 1}×{field.x1 - field.x0 + 1}
                  </span>{' '}
                  of the picture,
                  <br />y {formatStep(field.y0)}…{formatStep(field.y1)}, x {formatStep(field.x0)}…
                  {formatStep(field.x1)}
                  {inputShape !== undefined &&
                    (field.y0 < 0 ||
                      field.x0 < 0 ||
                      field.y1 >= inputShape[1] ||
                      field.x1 >= inputShape[2]) && (
                      <>
                        <br />
                        partly padding
                      </>
                    )}
                </>
              )}
            </div>
          </div>
        )}
      </div>
    </section>
  );
}

interface Pixel {
  readonly y: number;
  readonly x: number;
}

function onePixel({ y, x }: Pixel): Window {
  return { y0: y, y1: y, x0: x, x1: x };
}

/** The pixels of the shown map that a pixel of the picture reaches. */
function useReach({ layer, shape }: Selection, pointed: Pixel | undefined): Window | undefined {
  const net = useStore(useRunPage().run, (run) => run?.model);
  const { name } = layer;
  return useMemo(() => {
    if (net === undefined || pointed === undefined || shape === undefined) return undefined;
    const field = netProjectiveField(net, name, onePixel(pointed));
    if (field === undefined) return undefined;
    const clipped = {
      y0: Math.max(0, field.y0),
      y1: Math.min(shape[1] - 1, field.y1),
      x0: Math.max(0, field.x0),
      x1: Math.min(shape[2] - 1, field.x1),
    };
    return clipped.y0 <= clipped.y1 && clipped.x0 <= clipped.x1 ? clipped : undefined;
  }, [net, name, pointed, shape]);
}

function ReachText({ pointed, reach }: { pointed: Pixel; reach: Window | undefined }) {
  return (
    <span data-reach={reach === undefined ? '' : `${reach.y0},${reach.y1},${reach.x0},${reach.x1}`}>
      picture y {pointed.y}, x {pointed.x}
      <br />
      {reach === undefined ? (
        'reaches no pixel here'
      ) : (
        <>
          reaches{' '}
          <span style={{ color: 'var(--text)' }}>
            {reach.y1 - reach.y0 + 1}×{reach.x1 - reach.x0 + 1}
          </span>{' '}
          of this map,
          <br />y {formatStep(reach.y0)}…{formatStep(reach.y1)}, x {formatStep(reach.x0)}…
          {formatStep(reach.x1)}
        </>
      )}
    </span>
  );
}

function useField(selection: Selection): Window | undefined {
  const app = useRunPage();
  const net = useStore(app.run, (run) => run?.model);
  const { y, x } = selection;
  const { name } = selection.layer;
  return useMemo(
    () => (net === undefined ? undefined : netReceptiveField(net, name, onePixel({ y, x }))),
    [net, name, y, x],
  );
}
