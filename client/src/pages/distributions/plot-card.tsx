/** A card: the histograms of one tag of one run. */
import { titleOfRun } from '@convscope/shared/run-name.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import { Button } from '../../ui/button.js';
import { Icon } from '../../ui/icons.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { useStoreValue } from '../../ui/store.js';
import { useVisible } from '../../ui/use-visible.js';
import { useDistributions } from './distributions-state.js';
import { PlotView } from './plot-view.js';
import { leftOutText, undrawnText } from './undrawn.js';
import type { Histograms } from './use-histograms.js';
import { choiceText, usePlotData } from './use-plot-data.js';

/** Histograms of a card: as many as can be told apart behind each other. */
const MOST_SHOWN = 50;
const MOST_IN_FULL = 100;

export interface PlotCardProps {
  readonly run: DrawnRun;
  readonly tag: string;
  /** Without the name of its group. */
  readonly name: string;
  readonly onExpand: () => void;
}

export function PlotCard({ run, tag, name, onExpand }: PlotCardProps) {
  const [ref, isVisible] = useVisible<HTMLElement>();
  return (
    <article
      ref={ref}
      className="plot-card"
      aria-label={`${tag} of ${run.run}`}
      data-tag={tag}
      data-run={run.run}
    >
      {isVisible ? (
        <PartBoundary name={tag} of={`${run.run}\n${tag}`}>
          <Plotted run={run} tag={tag} name={name} onExpand={onExpand} />
        </PartBoundary>
      ) : (
        <h3 className="plot-head">{name}</h3>
      )}
    </article>
  );
}

function Plotted({ run, tag, name, onExpand }: PlotCardProps) {
  const { address, hover } = useDistributions();
  const { plot } = useStoreValue(address.state);
  const { data, histograms } = usePlotData(run.run, tag, MOST_SHOWN, tag);
  return (
    <>
      <div className="plot-head">
        <h3 className="medium ellipsis" title={tag}>
          {name}
        </h3>
        <span className="swatch" style={{ background: run.colour.variable }} />
        <span className="faint ellipsis" title={run.run}>
          {titleOfRun(run)}
        </span>
        <span className="grow" />
        <span className="micro nowrap">{choiceText(histograms)}</span>
        <Button
          quiet
          iconOnly
          aria-label={`Show ${tag} of ${run.run} large`}
          title="Show large"
          onClick={onExpand}
        >
          <Icon name="expand" />
        </Button>
      </div>
      {histograms.error !== undefined && <p className="notice is-bad">{histograms.error}</p>}
      <Undrawn histograms={histograms} />
      {data === undefined ? (
        undrawnText(histograms.shown) === undefined && <div className="plot-view plot-well" />
      ) : (
        <PlotView
          id={`${run.run}\n${tag}`}
          label={`${tag} of ${run.run}`}
          plot={plot}
          data={data}
          colour={run.colour}
          hover={hover}
          onSpan={(span) => address.show({ span })}
        />
      )}
    </>
  );
}

/** Says what is not drawn, and why. */
function Undrawn({ histograms: { shown } }: { readonly histograms: Histograms }) {
  const text = undrawnText(shown) ?? leftOutText(shown);
  return text === undefined ? null : <p className="small muted plot-note">{text}</p>;
}

/** The same plot, as large as the page, with more of its steps. */
export function LargePlot({ run, tag }: Pick<PlotCardProps, 'run' | 'tag'>) {
  const { address, hover } = useDistributions();
  const { plot } = useStoreValue(address.state);
  const { data, histograms } = usePlotData(run.run, tag, MOST_IN_FULL, undefined);
  return (
    <div className="plot-large">
      <span className="micro">{choiceText(histograms)}</span>
      <Undrawn histograms={histograms} />
      {data !== undefined && (
        <PlotView
          id={`large\n${run.run}\n${tag}`}
          label={`${tag} of ${run.run}, large`}
          plot={plot === 'layers' ? 'percentiles' : plot}
          data={data}
          colour={run.colour}
          hover={hover}
          onSpan={(span) => address.show({ span })}
        />
      )}
    </div>
  );
}
