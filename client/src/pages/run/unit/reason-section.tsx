/** What a class score depends on in the shown probe: which parts must not be covered, and its gradient. */
import { useMemo } from 'react';
import { Segments } from '../../../ui/segments.js';
import { Select } from '../../../ui/select.js';
import { useStore, useStoreLater, useStoreValue } from '../../../ui/store.js';
import { useSeen } from '../../../ui/use-visible.js';
import { useRunPage } from '../run-page-context.js';
import { AskForMap } from './ask-for-map.js';
import { OcclusionMap } from './occlusion-map.js';
import { SaliencyMap } from './saliency-map.js';
import './unit.css';

export function ReasonSection() {
  const classes = useStore(useRunPage().run, (run) => run?.start?.data.classes);
  const side = useStore(useRunPage().run, (run) => run?.start?.model.inputShape[1]);
  return classes === undefined || side === undefined ? null : <Reason classes={classes} side={side} />;
}

function Reason({ classes, side }: { readonly classes: readonly string[]; readonly side: number }) {
  const app = useRunPage();
  const [ref, , wasSeen] = useSeen<HTMLElement>();
  const reason = useStore(app.view, (view) => view.reason);
  const chosen = useStore(app.view, (view) => view.score);
  const probe = useStore(app.view, (view) => view.probe);
  const step = useStoreLater(app.restStep, app.frames.drawsAtOnce);
  const predicted = usePredicted(probe);
  const label = chosen !== undefined && chosen < classes.length ? chosen : (predicted ?? 0);
  const score = useMemo(
    () => ({ probe, label, name: classes[label] ?? `class ${label}`, step, side }),
    [probe, label, classes, step, side],
  );
  return (
    <section ref={ref} className="section" aria-label="What the score depends on">
      <h3 className="heading">Depends on</h3>
      <div className="row score-controls">
        <Segments
          label="How it is found"
          value={reason}
          options={[
            ['occlusion', 'occlusion'],
            ['saliency', 'saliency'],
          ]}
          onChange={(next) => app.show({ reason: next })}
        />
        <Select<number>
          label="Class whose score is explained"
          value={label}
          title={chosen === undefined ? 'The predicted class' : undefined}
          options={classes.map((name, index) => [index, index === predicted ? `${name} (predicted)` : name])}
          onChange={(next) => app.show({ score: next === predicted ? undefined : next })}
        />
      </div>
      {reason === 'occlusion' ? (
        <OcclusionMap score={score} isWanted={wasSeen} />
      ) : (
        <SaliencyMap score={score} isWanted={wasSeen} />
      )}
      <AskForMap reason={reason} score={score} />
    </section>
  );
}

/** The class that the net gives the probe in the shown capture. */
function usePredicted(probe: number): number | undefined {
  const predictions = useStoreValue(useRunPage().frames.predictions);
  return useMemo(() => {
    const width = predictions?.decoded.shape[1] ?? 0;
    const row = predictions?.decoded.values.subarray(probe * width, (probe + 1) * width);
    if (row === undefined || row.length === 0) return undefined;
    const most = row.indexOf(Math.max(...row));
    return most < 0 ? undefined : most;
  }, [predictions, probe]);
}
