import { useCallback } from 'react';
import { useView } from './compare-context.js';
import { CompareGrid } from './compare-grid.js';
import { matched } from './comparison.js';
import { lutOf, MapsLegend, orderIn, type PaneProps } from './pane.js';
import type { PaneName, SideName } from './view.js';

/** The grid of one side, and its legend, which has the limits of both. */
export function SideMaps(
  props: PaneProps & {
    readonly side: SideName;
    readonly name: PaneName | 'blink';
    readonly label: string;
  },
) {
  const { side, comparison, colours } = props;
  const channel = useView((view) => view.channel);
  const stack = comparison[side];
  const { match } = comparison;
  // The same function for every capture: the grid draws its labels with it.
  const nameOf = useCallback(
    (one: number) => String(side === 'b' ? matched(match, one) : one),
    [side, match],
  );
  return (
    <>
      <CompareGrid
        name={props.name}
        label={props.label}
        comparison={comparison}
        stack={stack}
        order={orderIn(side, props)}
        lut={lutOf(comparison)}
        limits={colours.maps}
        nameOf={nameOf}
      />
      <MapsLegend
        name={side.toUpperCase()}
        comparison={comparison}
        stack={stack}
        limits={colours.maps(channel)}
        note="same limits in A and B"
      />
    </>
  );
}
