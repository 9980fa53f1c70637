import { memo, useMemo, useState } from 'react';
import type { Limits } from '../../../drawing/lut.js';
import { valueStack } from '../../../drawing/map-stack.js';
import { Legend } from '../../../grids/legend.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { OfStep } from '../shown/of-step.js';
import { useKernelLimits } from '../shown/use-limits.js';
import type { Selection } from '../state/selection.js';
import { TakeMenu } from '../take-away/take-menu.js';
import { ContributionsView } from './contributions-view.js';
import { EmptyPane } from './empty-pane.js';
import { KernelMatrix } from './kernel-matrix.js';
import { LockSelect } from './lock-select.js';

/** Of what is taken away. */
const KERNEL_AXES = ['out', 'in', 'y', 'x'];

export const KernelsPane = memo(function KernelsPane({ selection }: { selection: Selection }) {
  const app = useRunPage();
  const { kernels, description, layer } = selection;
  const limits = useKernelLimits(selection);
  const chosen = useStore(app.view, (view) => view.limits.kernels !== undefined);
  const [highlight, setHighlight] = useState<Limits | undefined>(undefined);
  const empty = selection.empty.kernels;
  const stated = empty === undefined ? kernelShape(selection) : undefined;
  const shape = kernels?.shape ?? (stated?.every((size) => size > 0) === true ? stated : undefined);
  const stack = useMemo(() => {
    if (kernels === undefined) return undefined;
    const [out, perGroup, height, width] = kernels.shape;
    return valueStack(kernels.data, [out * perGroup, height, width]);
  }, [kernels]);
  const setLimits = (next: Limits | undefined) => {
    const { kernels: _, ...others } = app.view.get().limits;
    app.show({ limits: next === undefined ? others : { ...others, kernels: next } });
  };
  return (
    <section className="pane kernels" aria-label="Kernels">
      <div className="pane-head">
        <h2 className="heading">Kernels</h2>
        {shape && (
          <span className="micro ellipsis">
            <OfStep step={selection.frame?.weight?.step} after=" · " />
            {shape[1]} in × {shape[0]} out, {shape[2]}×{shape[3]}
          </span>
        )}
        <span className="grow" />
        <TakeMenu
          pane="the kernels"
          taken={() =>
            kernels === undefined || stack === undefined
              ? undefined
              : {
                  title: `${layer.name} kernels (out,in), step ${selection.frame?.weight?.step ?? ''}`,
                  ...{ stack, shape: kernels.shape, axes: KERNEL_AXES, lut: 'RdBu', limits: () => limits },
                  order: Array.from({ length: stack.shape[0] }, (_, at) => at),
                  nameOf: (kernel) => `${Math.floor(kernel / kernels.shape[1])},${kernel % kernels.shape[1]}`,
                  ...{ chosen: selection.channel, chosenName: `the kernels of out ${selection.channel}` },
                }
          }
        />
      </div>
      <div className="pane-row">
        <span className="micro ellipsis" title="The wheel zooms, dragging pans">
          rows: input
          {description !== undefined && description.groups > 1
            ? ` of the group (${description.groups} groups)`
            : ''}
          , columns: output<span className="only-wide">; wheel zooms</span>
        </span>
      </div>
      <div className="kernels-body">
        {empty !== undefined && <EmptyPane tag={layer.weight?.tag ?? ''} shape={empty} />}
        {shape && (
          <KernelMatrix
            selection={selection}
            shape={shape}
            stack={stack}
            limits={limits}
            highlight={highlight}
          />
        )}
        {description === undefined && selection.described !== undefined ? (
          <p className="pane-message">
            Each value of an input channel adds its kernel to the output. The terms of the chosen pixel are in
            the inspector.
          </p>
        ) : description === undefined ? (
          <p className="pane-message">
            The log does not describe {layer.name}: without stride and padding its arithmetic is not known.
          </p>
        ) : (
          <ContributionsView selection={selection} kernelLimits={limits} />
        )}
      </div>
      <Legend
        name="Kernels"
        title="RdBu, 0 = grey"
        stack={stack}
        lut="RdBu"
        limits={limits}
        signed
        chosen={chosen}
        lock={<LockSelect name="the kernels" />}
        onLimits={setLimits}
        onHighlight={setHighlight}
      />
    </section>
  );
});

function kernelShape({ description }: Selection): readonly [number, number, number, number] | undefined {
  if (description === undefined) return undefined;
  const { outChannels, inChannels, groups, kernel } = description;
  return [outChannels, inChannels / groups, kernel[0], kernel[1]];
}
