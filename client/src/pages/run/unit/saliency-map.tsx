/** The gradient of the class score with respect to the pixels of the probe. */

import { millisecondsText } from '@convscope/shared/cost-text.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { readSaliencyFacts } from '@convscope/shared/unit-facts.js';
import { factsTag, saliencyClass, saliencyTag } from '@convscope/shared/unit-records.js';
import { useMemo } from 'react';
import { useBlobTags } from '../../../blobs/use-blobs.js';
import { formatPercent, formatStep, formatValue } from '../../../ui/format.js';
import { Segments } from '../../../ui/segments.js';
import { useStore, useStoreLater } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { NewerMap, NoMap, OtherProbes, type Score, useFirstSteps, useSameProbes } from './score.js';
import { ScoreMap } from './score-map.js';
import { gradientMap } from './score-maps.js';
import { useRecordAt } from './use-record.js';

const CHANNELS = ['red', 'green', 'blue'] as const;

export function SaliencyMap({ score, isWanted }: { readonly score: Score; readonly isWanted: boolean }) {
  const app = useRunPage();
  const { probe, label, name, step, side } = score;
  const tag = saliencyTag(probe, label);
  const record = useRecordAt(tag, 'tensor', step, isWanted);
  const about = useRecordAt(factsTag(tag), 'text', record.step, isWanted);
  const shownStep = useStoreLater(app.frames.rest, app.frames.drawsAtOnce)?.output?.step;
  const isSame = useSameProbes(record.step, shownStep);
  const [firstStep] = useFirstSteps([tag], shownStep ?? step);
  const magnitude = useStore(app.view, (view) => view.magnitude);
  const facts = useMemo(
    () => (about.decoded?.kind === 'text' ? readSaliencyFacts(about.decoded.strings.join('')) : undefined),
    [about.decoded],
  );
  const { decoded } = record;
  const found = useMemo(() => {
    if (decoded?.kind !== 'tensor') return undefined;
    try {
      return gradientMap(decoded.values, decoded.shape, !magnitude);
    } catch (error) {
      return { error: messageOf(error) };
    }
  }, [decoded, magnitude]);
  if (record.step === undefined)
    return (
      <>
        <NoMap what={`gradient of ${name} for this probe`} isLogged={record.isLogged} firstStep={firstStep} />
        <OtherClasses score={score} shown={shownStep ?? step} />
      </>
    );
  const error = record.error ?? (found !== undefined && 'error' in found ? found.error : undefined);
  if (error !== undefined) return <p className="small is-bad">{error}</p>;
  if (isSame === false) return <OtherProbes what="gradient" step={record.step} firstStep={firstStep} />;
  if (decoded?.kind !== 'tensor' || found === undefined || 'error' in found)
    return <p className="small muted">Loading.</p>;
  const { values, height, width } = found;
  const size = height * width;
  return (
    <>
      <Segments
        label="How gradients are shown"
        value={magnitude ? 'size' : 'signed'}
        options={[
          ['signed', 'signed'],
          ['size', '|gradient|'],
        ]}
        onChange={(next) => app.show({ magnitude: next === 'size' })}
      />
      <ScoreMap
        label={`Gradient of the score of ${name} with respect to probe ${probe}, step ${record.step}`}
        values={values}
        rows={height}
        columns={width}
        origin={0}
        cell={1}
        side={side}
        signed={!magnitude}
        legend={magnitude ? 'largest |gradient| of a pixel' : 'largest gradient of a pixel'}
        windowOf={(row, column) => ({ y0: row, y1: row, x0: column, x1: column })}
        textOf={(row, column) => (
          <>
            y {row}, x {column}:{' '}
            {decoded.shape[0] === 3
              ? CHANNELS.map(
                  (one, channel) =>
                    `${one} ${formatValue(decoded.values[channel * size + row * width + column]!)}`,
                ).join(', ')
              : formatValue(values[row * width + column]!)}
          </>
        )}
      >
        {facts !== undefined &&
          `${name}: score ${formatValue(facts.score)}, ${formatPercent(facts.probability)}. `}
        <b>Step {formatStep(record.step)}</b>, of the normalised picture; of red, green and blue the largest
        in size
        {facts !== undefined && `; ${millisecondsText(facts.milliseconds)}`}.
      </ScoreMap>
      <NewerMap shown={record.step} newest={record.lastStep} />
    </>
  );
}

/** The classes of which the log has a gradient for the picture that this probe is at the shown step. */
function OtherClasses(props: { readonly score: Score; readonly shown: number | undefined }) {
  const { score, shown } = props;
  const { probe, step } = score;
  const app = useRunPage();
  const run = useStore(app.run, (one) => one?.run) ?? '';
  const classes = useStore(app.run, (one) => one?.start?.data.classes);
  const [tags] = useBlobTags([run]);
  const logged = (tags ?? []).flatMap(({ tag, kind }) => {
    const label = kind === 'tensor' ? saliencyClass(tag, probe) : undefined;
    return label === undefined ? [] : [label];
  });
  const firstSteps = useFirstSteps(
    logged.map((label) => saliencyTag(probe, label)),
    shown,
  );
  const found = logged.filter((_, at) => typeof firstSteps[at] === 'number');
  if (found.length === 0 || step === undefined) return null;
  return (
    <p className="small">
      The log has that of{' '}
      {found.map((label) => (
        <button key={label} type="button" className="link" onClick={() => app.show({ score: label })}>
          {classes?.[label] ?? `class ${label}`}{' '}
        </button>
      ))}
    </p>
  );
}
