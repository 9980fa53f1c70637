/** The two sides: which run, which capture, which layer and which picture. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { useMemo } from 'react';
import { useRunTitles } from '../../runs/use-run-titles.js';
import { Button } from '../../ui/button.js';
import { Icon } from '../../ui/icons.js';
import { SearchSelect } from '../../ui/search-select.js';
import { Select } from '../../ui/select.js';
import { StepSlider } from '../../ui/step-slider.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useCompare, useView } from './compare-context.js';
import { pictureName } from './pictures.js';
import type { SideName } from './view.js';

const NO_RUNS: readonly RunSummary[] = [];
/** In the list of B's pictures: the one that A shows. */
const SAME = -1;

export function SideBar() {
  const app = useCompare();
  return (
    <div className="compare-sides">
      <SideRow side="a" />
      <Button iconOnly aria-label="Exchange A and B" title="Exchange A and B (X)" onClick={() => app.swap()}>
        <Icon name="swap" />
      </Button>
      <SideRow side="b" />
    </div>
  );
}

export function SideBadge({ side }: { side: SideName }) {
  return <b className={`compare-badge is-${side}`}>{side.toUpperCase()}</b>;
}

function SideRow({ side }: { side: SideName }) {
  const app = useCompare();
  const { run, steps, step, view, layer } = useStoreValue(app[side]);
  const asked = useView((of) => of[side].step);
  const label = side.toUpperCase();
  const layers = view?.views ?? [];
  return (
    <section className="compare-side" aria-label={`Side ${label}`}>
      <SideBadge side={side} />
      <RunSelect side={side} run={run} />
      {layers.length > 1 && layer !== undefined && (
        <Select<string>
          label={`Layer of ${label}`}
          text="layer"
          value={layer.name}
          options={layers.map(({ name }) => [name, name])}
          onChange={(name) => app.selectLayer(side, name)}
        />
      )}
      <ProbeSelect side={side} />
      {steps.length > 0 && (
        <StepSlider
          label={`Step of ${label}`}
          steps={steps}
          step={step ?? asked}
          onChange={(next) => app.selectStep(side, next ?? steps.at(-1))}
        />
      )}
    </section>
  );
}

function RunSelect({ side, run }: { side: SideName; run: string | undefined }) {
  const app = useCompare();
  const runs = useStore(app.runs.list, (list) => list?.runs) ?? NO_RUNS;
  const label = side.toUpperCase();
  const names = useMemo(() => {
    const newest = [...runs].sort((one, other) => other.lastWallTime - one.lastWallTime);
    const known = newest.map((one) => one.run);
    return run === undefined || known.includes(run) ? known : [run, ...known];
  }, [runs, run]);
  const nameOf = useRunTitles();
  return (
    <SearchSelect
      label={`Run of ${label}`}
      value={run ?? ''}
      values={names}
      nameOf={nameOf}
      onChange={(next) => app.selectRun(side, next)}
    />
  );
}

function ProbeSelect({ side }: { side: SideName }) {
  const app = useCompare();
  const comparison = useStoreValue(app.comparison);
  const named = useStore(app[side], ({ probes }) => probes?.named);
  const chosen = useView(({ b }) => b.probe);
  if (comparison === undefined || comparison.stage === 'kernels') return null;
  const numbers = comparison.probes[side];
  if (numbers.length < 2) return null;
  const options = numbers.map((probe) => [probe, pictureName(named, probe)] as const);
  const { pairs } = comparison.pictures;
  const isShared = pairs.some(({ a }) => a === comparison.shown.a);
  return side === 'a' ? (
    <Select<number>
      label="Picture of A"
      text="picture"
      value={comparison.shown.a}
      options={options}
      onChange={(probe) => app.selectProbe('a', probe)}
    />
  ) : (
    <Select<number>
      label="Picture of B"
      text="picture"
      value={chosen ?? (isShared ? SAME : comparison.shown.b)}
      options={isShared ? [[SAME, 'as A'], ...options] : options}
      onChange={(probe) => app.selectProbe('b', probe === SAME ? undefined : probe)}
    />
  );
}
