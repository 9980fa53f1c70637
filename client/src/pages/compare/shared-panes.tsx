/** Panes that show A and B in one grid: in turn, or beside each other in each map. */
import { useMemo } from 'react';
import { Segments } from '../../ui/segments.js';
import { useCompare, useView } from './compare-context.js';
import { CompareGrid } from './compare-grid.js';
import { splitStack } from './difference.js';
import { lutOf, MapsLegend, Pane, type PaneProps, useCaption } from './pane.js';
import { SideBadge } from './side-bar.js';
import { SideMaps } from './side-maps.js';
import { useBlink } from './use-blink.js';
import type { SideName } from './view.js';

export function BlinkPane(props: PaneProps) {
  const { side, show } = useBlink();
  const caption = useCaption(side, props.comparison);
  return (
    <Pane
      title={
        <Segments<SideName>
          label="Side that is shown"
          value={side}
          options={[
            ['a', <SideBadge key="a" side="a" />],
            ['b', <SideBadge key="b" side="b" />],
          ]}
          onChange={show}
        />
      }
      label="A and B in turn"
      caption={caption}
    >
      <SideMaps {...props} side={side} name="blink" label="A and B in turn" />
    </Pane>
  );
}

export function SwipePane({ comparison, colours, order }: PaneProps) {
  const app = useCompare();
  const swipe = useView((view) => view.swipe);
  const channel = useView((view) => view.channel);
  const { a, b, mismatch } = comparison;
  const width = a?.shape[2] ?? 1;
  const split = Math.round((swipe / 100) * width);
  const stack = useMemo(
    () =>
      a === undefined || b === undefined || mismatch !== undefined ? undefined : splitStack(a, b, split),
    [a, b, mismatch, split],
  );
  return (
    <Pane
      title={
        <>
          <SideBadge side="a" /> | <SideBadge side="b" />
        </>
      }
      label="A at the left, B at the right of each map"
      caption="The line follows the pointer"
    >
      {mismatch !== undefined ? (
        <p className="compare-message">{mismatch}</p>
      ) : (
        <CompareGrid
          name="swipe"
          label="A at the left, B at the right of each map"
          comparison={comparison}
          stack={stack}
          order={order}
          lut={lutOf(comparison)}
          limits={colours.maps}
          nameOf={String}
          divider={split}
          onColumn={(x) => app.show({ swipe: Math.round(((x + 0.5) / width) * 100) })}
        />
      )}
      <MapsLegend
        name="A and B"
        comparison={comparison}
        stack={stack}
        limits={colours.maps(channel)}
        note="same limits in A and B"
      />
    </Pane>
  );
}
