/** What all panes of the page have in common. */
import type { ReactNode } from 'react';
import type { Limits, LutName } from '../../drawing/lut.js';
import type { MapStack } from '../../drawing/map-stack.js';
import { Legend } from '../../grids/legend.js';
import { formatStep } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { useCompare, useView } from './compare-context.js';
import type { Comparison } from './comparison.js';
import type { SideState } from './side.js';
import { operandText, roleOf } from './stage.js';
import type { Colours } from './use-colours.js';
import type { SideName } from './view.js';

export interface PaneProps {
  readonly comparison: Comparison;
  readonly colours: Colours;
  /** The channels of A, as they are sorted. */
  readonly order: readonly number[];
}

/** "step 120 · conv1, 16 × 32×32" */
export function useCaption(side: SideName, { stage, a, b }: Comparison): string {
  const state = useStoreValue(useCompare()[side]);
  return captionOf(state, stage, side === 'a' ? a : b);
}

function captionOf(
  { layer, frame }: SideState,
  stage: Comparison['stage'],
  stack: MapStack | undefined,
): string {
  const step = frame?.[roleOf(stage, layer)]?.step;
  const weights = stage === 'kernels' ? frame?.weight?.decoded.shape : undefined;
  const shape =
    weights === undefined
      ? stack && `${stack.shape[0]} × ${stack.shape[1]}×${stack.shape[2]}`
      : `[${weights.join(', ')}]`;
  const operand = layer && operandText(layer, stage);
  return [step !== undefined && `step ${formatStep(step)}`, layer?.name, operand, shape]
    .filter(Boolean)
    .join(' · ');
}

/** The maps of a side: those that belong to A's, or all of them in their own order if they have no difference. */
export function orderIn(side: SideName, { comparison, order }: PaneProps): readonly number[] {
  if (side === 'a' || comparison.mismatch === undefined) return order;
  return Array.from({ length: comparison.b?.shape[0] ?? 0 }, (_, channel) => channel);
}

export function lutOf({ signed }: Comparison): LutName {
  return signed ? 'RdBu' : 'viridis';
}

export function Pane(props: {
  readonly title: ReactNode;
  readonly label: string;
  readonly caption: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="compare-pane" aria-label={props.label}>
      <div className="compare-pane-head">
        <h2 className="heading">{props.title}</h2>
        <span className="micro ellipsis" title={props.caption}>
          {props.caption}
        </span>
      </div>
      {props.children}
    </section>
  );
}

export function MapsLegend(props: {
  readonly name: string;
  readonly comparison: Comparison;
  readonly stack: MapStack | undefined;
  readonly limits: Limits;
  readonly note: string;
}) {
  const app = useCompare();
  const isChosen = useView((view) => view.limits !== undefined);
  const { signed } = props.comparison;
  return (
    <Legend
      name={props.name}
      title={signed ? 'RdBu, 0 = grey' : 'viridis'}
      stack={props.stack}
      lut={lutOf(props.comparison)}
      limits={props.limits}
      signed={signed}
      chosen={isChosen}
      lock={<span className="only-roomy">{props.note}</span>}
      onLimits={(limits) => app.show({ limits })}
      onHighlight={app.highlight.set}
    />
  );
}
