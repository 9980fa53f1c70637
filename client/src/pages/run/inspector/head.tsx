/** The channel's name and health, the value of the pixel, the map magnified, and the receptive field. */

import { netReceptiveField } from '@convscope/shared/layers/net-fields.js';
import { useMemo } from 'react';
import { Button } from '../../../ui/button.js';
import { formatStep } from '../../../ui/format.js';
import { Icon } from '../../../ui/icons.js';
import { useStore } from '../../../ui/store.js';
import { FLAG_NAMES } from '../flag-names.js';
import { intervalText } from '../frames/findings.js';
import { useRunPage } from '../run-page-context.js';
import { OfStep } from '../shown/of-step.js';
import type { Selection, Window } from '../state/selection.js';
import { BigMap } from './big-map.js';
import { PixelNumber } from './pixel-number.js';
import { ProbePicture } from './probe-picture.js';
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
  const field = useField(selection);
  const inputShape = useStore(app.run, (run) => run?.model?.inputShape);
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
              duplicate !== undefined &&
              ` of ${duplicate.of}${duplicate.correlation < 0 ? ', negated' : ''}`}
            {interval !== undefined && ` ${intervalText(interval)}`}
          </span>
        ) : (
          health.length > 0 && (
            <span className="chip">
              <Icon name="check" />
              {intervals === undefined ? 'healthy' : `healthy at ${formatStep(step)}`}
            </span>
          )
        )}
        <span className="grow" />
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
      <p className="micro">
        <OfStep step={frame?.output?.step} what="map" />
      </p>
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
    </section>
  );
}

function useField(selection: Selection): Window | undefined {
  const app = useRunPage();
  const net = useStore(app.run, (run) => run?.model);
  const { y, x } = selection;
  const { name } = selection.layer;
  return useMemo(
    () => (net === undefined ? undefined : netReceptiveField(net, name, { y0: y, y1: y, x0: x, x1: x })),
    [net, name, y, x],
  );
}
