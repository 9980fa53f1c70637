import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import type { NamedProbe } from '@convscope/shared/probe-choice.js';
import { useMemo } from 'react';
import { formatValue } from '../../../ui/format.js';
import { useStore, useStoreLater, useStoreValue } from '../../../ui/store.js';
import { nameOfProbe, probesOfStart } from '../frames/named-probes.js';
import { picturesOf } from '../frames/stacks.js';
import { useRunPage } from '../run-page-context.js';
import { OfStep } from '../shown/of-step.js';
import { ProbePicture } from '../shown/probe-picture.js';

const MOST_CLASSES = 10;

export function ProbesSection() {
  const app = useRunPage();
  const start = useStore(app.run, (run) => run?.start);
  const probe = useStore(app.view, (view) => view.probe);
  const frame = useStoreLater(app.frames.rest, app.frames.drawsAtOnce);
  const predictions = useStoreValue(app.frames.predictions);
  const classes = start?.data.classes;
  const named = useStoreValue(app.frames.probes);
  const hasPictures = useStore(app.frames.pictures, (pictures) => pictures.length > 0);
  const probes: readonly NamedProbe[] | undefined = named ?? (start && probesOfStart(start));
  const count = probes?.length ?? (frame?.output === undefined ? 0 : picturesOf(frame.output.decoded));
  const ranked = useMemo(() => {
    const width = predictions?.decoded.shape[1] ?? 0;
    const row = predictions?.decoded.values.subarray(probe * width, (probe + 1) * width) ?? [];
    return Array.from(row, (value, index) => ({ value, index })).sort((a, b) => b.value - a.value);
  }, [predictions, probe]);
  if (count < 2 && classes === undefined) return null;
  const chosen = probes?.[probe];
  return (
    <section className="section grow" aria-label="Probe pictures">
      <h3 className="heading">
        Probe{' '}
        <span className="micro">
          {chosen === undefined ? `picture ${probe}` : nameOfProbe(chosen)}
          {start?.data.synthetic && chosen?.index !== null && ' (synthetic)'}
        </span>
      </h3>
      <RadioGroup<number>
        className="probes"
        aria-label="Probe picture"
        value={probe}
        onValueChange={(next) => app.show({ probe: next })}
      >
        {Array.from({ length: Math.min(count, 32) }, (_, index) => {
          const one = probes?.[index];
          return (
            <Radio.Root
              key={index}
              className="probe"
              value={index}
              aria-label={
                one === undefined
                  ? `picture ${index}`
                  : one.index === null
                    ? one.name
                    : `${one.name}, test picture ${one.index}`
              }
            >
              {hasPictures || start !== undefined ? <ProbePicture size={32} probe={index} /> : index}
            </Radio.Root>
          );
        })}
      </RadioGroup>
      {ranked.slice(0, MOST_CLASSES).map(({ value, index }) => {
        const isLabel = index === chosen?.label;
        return (
          <div key={index} className={isLabel ? 'prediction label' : 'prediction'}>
            <span className={isLabel ? 'medium ellipsis' : 'muted ellipsis'}>
              {classes?.[index] ?? index}
            </span>
            <span className="bar">
              <i style={{ width: `${Number.isFinite(value) ? value * 100 : 0}%` }} />
            </span>
            <span className={Number.isFinite(value) ? '' : 'is-nan'} style={{ textAlign: 'right' }}>
              {Number.isFinite(value) ? `${(value * 100).toFixed(1)} %` : formatValue(value)}
            </span>
          </div>
        );
      })}
      {ranked.length > 0 && (
        <p className="micro">
          <OfStep step={predictions?.step} what="predictions" />
        </p>
      )}
    </section>
  );
}
