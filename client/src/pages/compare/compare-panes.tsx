/** The grids of A, B and their difference, or of two of them in one. */
import { exactly } from '@convscope/shared/convolution/reading.js';
import { useMemo } from 'react';
import { Legend } from '../../grids/legend.js';
import { plural } from '../../ui/format.js';
import { Segments } from '../../ui/segments.js';
import { useNarrow, useSize } from '../../ui/use-size.js';
import { useCompare, useView } from './compare-context.js';
import { CompareGrid } from './compare-grid.js';
import { type Comparison, orderOf } from './comparison.js';
import { Pane, type PaneProps, useCaption } from './pane.js';
import { BlinkPane, SwipePane } from './shared-panes.js';
import { SideBadge } from './side-bar.js';
import { SideMaps } from './side-maps.js';
import { STAGE_NOUNS } from './stage.js';
import { correlationText, shortSizeText } from './texts.js';
import { useColours } from './use-colours.js';
import type { PaneName, SideName } from './view.js';

export function ComparePanes({ comparison }: { comparison: Comparison }) {
  const app = useCompare();
  const display = useView((view) => view.display);
  const pane = useView((view) => view.pane);
  const sort = useView((view) => view.sort);
  const narrow = useNarrow();
  const [ref, size] = useSize<HTMLDivElement>();
  const colours = useColours(comparison);
  const order = useMemo(() => orderOf(comparison, sort), [comparison, sort]);
  const props = { comparison, colours, order };
  const isSide = display === 'side';
  // Grids scroll together, so they must have the same width to the pixel.
  const columns = isSide && !narrow ? `repeat(3, ${Math.floor(size.width / 3)}px)` : '100%';
  return (
    <div className="compare-panes-box">
      {isSide && narrow && (
        <div className="compare-pane-tabs">
          <Segments<PaneName>
            label="Pane"
            value={pane}
            options={[
              ['a', 'A'],
              ['b', 'B'],
              ['difference', 'B − A'],
            ]}
            onChange={(next) => app.show({ pane: next })}
          />
        </div>
      )}
      <div ref={ref} className="compare-panes" style={{ gridTemplateColumns: columns }}>
        {isSide && (!narrow || pane === 'a') && <SidePane side="a" {...props} />}
        {isSide && (!narrow || pane === 'b') && <SidePane side="b" {...props} />}
        {((isSide && (!narrow || pane === 'difference')) || display === 'difference') && (
          <DifferencePane {...props} />
        )}
        {display === 'blink' && <BlinkPane {...props} />}
        {display === 'swipe' && <SwipePane {...props} />}
      </div>
    </div>
  );
}

function SidePane({ side, ...props }: PaneProps & { side: SideName }) {
  const caption = useCaption(side, props.comparison);
  const name = side.toUpperCase();
  return (
    <Pane title={<SideBadge side={side} />} label={`Maps of ${name}`} caption={caption}>
      <SideMaps
        {...props}
        side={side}
        name={side}
        label={`${capital(STAGE_NOUNS[props.comparison.stage])} of ${name}`}
      />
    </Pane>
  );
}

function DifferencePane({ comparison, colours, order }: PaneProps) {
  const app = useCompare();
  const channel = useView((view) => view.channel);
  const sort = useView((view) => view.sort);
  const isChosen = useView((view) => view.differenceLimits !== undefined);
  const { difference, changes, mismatch } = comparison;
  const uncertain = difference?.uncertain ?? 0;
  const nameOf = (one: number): string => {
    const change = changes[one];
    if (change === undefined) return String(one);
    if (change.places === 0) return `${one}  –`;
    if (sort === 'correlation')
      return `${one}  ${change.correlation === undefined ? '–' : correlationText(exactly(change.correlation.value), 2)}`;
    return `${one}  ${shortSizeText(change.meanAbsolute)}`;
  };
  const caption =
    uncertain > 0 ? `grey: 0, or within what the log can tell (${plural(uncertain, 'place')})` : 'grey: 0';
  return (
    <Pane title="B − A" label="Difference, B − A" caption={mismatch === undefined ? caption : ''}>
      {mismatch !== undefined ? (
        <p className="compare-message">{mismatch}</p>
      ) : (
        <CompareGrid
          name="difference"
          label="Difference, B − A"
          comparison={comparison}
          stack={difference?.stack}
          order={order}
          lut="RdBu"
          limits={colours.difference}
          nameOf={nameOf}
        />
      )}
      {mismatch === undefined && (
        <Legend
          name="Difference"
          title="RdBu, 0 = grey"
          stack={difference?.stack}
          lut="RdBu"
          limits={colours.difference(channel)}
          signed
          chosen={isChosen}
          lock={<span className="only-roomy">symmetric about 0</span>}
          onLimits={(differenceLimits) => app.show({ differenceLimits })}
          onHighlight={app.differenceHighlight.set}
        />
      )}
    </Pane>
  );
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
