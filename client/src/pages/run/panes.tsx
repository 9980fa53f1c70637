/** The panes of input, kernels and output. Loaded when there are maps. */
import { indexAt } from '@convscope/shared/sorted.js';
import { useEffect } from 'react';
import { useRuns } from '../../runs/runs-context.js';
import { ColumnHandle, Columns, RestColumn, SizedColumn } from '../../ui/columns.js';
import { formatStep, plural } from '../../ui/format.js';
import { Segments } from '../../ui/segments.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useMedia, useNarrow } from '../../ui/use-size.js';
import { InputPane } from './grids/input-pane.js';
import { KernelsPane } from './grids/kernels-pane.js';
import { OutputPane } from './grids/output-pane.js';
import { WeightsPane } from './grids/weights-pane.js';
import { Part } from './part.js';
import { useRunPage } from './run-page-context.js';
import type { Selection } from './state/selection.js';
import { PANES } from './state/view-state.js';
import './grids/panes.css';

/** The initial widths of input and kernels, which depend on the width of the page. */
function usePaneWidths(): { readonly input: number; readonly kernels: number } {
  const small = useMedia('(max-width: 999px)');
  const medium = useMedia('(max-width: 1199px)');
  const large = useMedia('(min-width: 1800px)');
  if (small) return { input: 120, kernels: 220 };
  if (medium) return { input: 148, kernels: 300 };
  return large ? { input: 240, kernels: 460 } : { input: 180, kernels: 352 };
}

export function Panes({ selection }: { selection: Selection }) {
  const app = useRunPage();
  useEffect(() => app.hasPanes.set(true), [app]);
  const pane = useStore(app.view, (view) => view.pane);
  const { layer, frame } = selection;
  const isDense = selection.described?.type === 'dense';
  const hasInput =
    layer.input !== undefined || layer.walk?.inputs.some(({ recipe }) => recipe !== undefined) === true;
  const names = PANES.filter(
    (name) =>
      name === 'output' ||
      (name === 'input' && hasInput) ||
      (name === 'kernels' && layer.weight !== undefined),
  );
  const current = names.includes(pane) ? pane : 'output';
  const sizes: Record<(typeof PANES)[number], string> = {
    input: String(selection.inputShape?.[0] ?? ''),
    kernels:
      layer.description === undefined
        ? ''
        : `${layer.description.inChannels / layer.description.groups}×${layer.description.outChannels}`,
    output: String(selection.shape?.[0] ?? ''),
  };
  const gap = frame?.gap;
  const widths = usePaneWidths();
  const narrow = useNarrow();
  return (
    <>
      {narrow && names.length > 1 && (
        <div className="pane-tabs">
          <Segments
            label="Pane"
            value={current}
            options={names.map((name) => [
              name,
              <>
                {name === 'kernels' && isDense ? 'Weights' : name[0]!.toUpperCase() + name.slice(1)}{' '}
                <span className="faint">{sizes[name]}</span>
              </>,
            ])}
            onChange={(next) => app.show({ pane: next })}
          />
        </div>
      )}
      <OlderMapsNotice shown={frame?.step} />
      {gap !== undefined && (
        <p className="notice is-warn">
          Nothing of this step is in the log: {gap.reason} ({plural(gap.length, 'byte')} of {gap.file}).
        </p>
      )}
      {narrow ? (
        <div className="panes">
          {current === 'input' && (
            <Part name="The input">
              <InputPane selection={selection} />
            </Part>
          )}
          {current === 'kernels' && (
            <Part name="The kernels">
              {isDense ? <WeightsPane selection={selection} /> : <KernelsPane selection={selection} />}
            </Part>
          )}
          {current === 'output' && (
            <Part name="The output">
              <OutputPane />
            </Part>
          )}
        </div>
      ) : (
        <Columns className="panes">
          {names.includes('input') && (
            <>
              <SizedColumn name="input" width={widths.input} least={96}>
                <Part name="The input">
                  <InputPane selection={selection} />
                </Part>
              </SizedColumn>
              <ColumnHandle of="input" label="Width of the input" />
            </>
          )}
          {names.includes('kernels') && (
            <>
              <SizedColumn name="kernels" width={widths.kernels} least={180}>
                <Part name="The kernels">
                  {isDense ? <WeightsPane selection={selection} /> : <KernelsPane selection={selection} />}
                </Part>
              </SizedColumn>
              <ColumnHandle of="kernels" label="Width of the kernels" />
            </>
          )}
          <RestColumn name="output" least={200}>
            <Part name="The output">
              <OutputPane />
            </Part>
          </RestColumn>
        </Columns>
      )}
    </>
  );
}

/** What stands above maps of an earlier step while the hub is lost. */
function OlderMapsNotice({ shown }: { shown: number | undefined }) {
  const app = useRunPage();
  const isLost = useStore(useRuns().connection, (connection) => connection.status === 'lost');
  const step = useStoreValue(app.step);
  const steps = useStore(app.run, (run) => run?.steps);
  // The step of the capture that should be shown.
  const newest = step === undefined ? undefined : steps?.[indexAt(steps, step)];
  if (!isLost || shown === undefined || newest === undefined || newest <= shown) return null;
  return (
    <p className="notice is-warn">
      These maps are of step {formatStep(shown)}: those of step {formatStep(newest)} have not been loaded, and
      the connection to the hub is lost.
    </p>
  );
}
