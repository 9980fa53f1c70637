/** Channels that do not work, by layer, and how many there were over time. */
import { CONDITIONS } from '@convscope/shared/channels/health.js';
import { memo, useMemo, useState } from 'react';
import { formatStep, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { Segments } from '../../ui/segments.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { FLAG_NAMES, FLAG_TOKENS } from './flag-names.js';
import { type Finding, findingsOf, intervalsText, intervalText } from './frames/findings.js';
import type { LayerHealth } from './frames/layer-health.js';
import { useRunPage } from './run-page-context.js';
import './findings-panel.css';

/** Rows that are shown of one condition of a layer; the others are counted. */
const MOST_ROWS = 200;
/** More channels of a layer with the same condition are one row, which can be opened. */
const MOST_ALONE = 8;

export function FindingsPanel() {
  const app = useRunPage();
  const health = useStoreValue(app.frames.history.health);
  const when = useStore(app.view, (view) => view.findings);
  const layers = useStore(app.run, (run) => run?.layers);
  const names = useMemo(() => (layers ?? []).map(({ name }) => name), [layers]);
  const findings = useMemo(() => findingsOf(names, health, when), [names, health, when]);
  const problem = useStoreValue(app.frames.history.problem);
  const judged = [...health.values()].filter(({ steps }) => steps.length > 0);
  if (judged.length === 0 && problem === undefined) return null;
  const captures = Math.max(0, ...judged.map(({ steps }) => steps.length));
  const pending = [...health.values()].reduce((sum, one) => sum + one.pending, 0);
  const unreadable = [...health.values()].reduce((sum, one) => sum + one.unreadable, 0);
  return (
    <section className="section findings" aria-label="Findings">
      <h2 className="heading">
        Findings <span className="micro">{findings.length}</span>
        <span className="grow" />
        <Segments
          label="Which findings"
          value={when}
          options={[
            ['now', 'now'],
            ['ever', 'ever'],
          ]}
          onChange={(next) => app.show({ findings: next })}
        />
      </h2>
      {(pending > 0 || unreadable > 0) && (
        <p className="micro findings-note">
          {pending > 0 && `${plural(pending, 'capture is', 'captures are')} still being read. `}
          {unreadable > 0 && `${plural(unreadable, 'capture')} cannot be read.`}
        </p>
      )}
      {problem !== undefined && (
        <p className="micro is-warn findings-note">
          The hub is asked again, since it did not say more: {problem}
        </p>
      )}
      {findings.length === 0 && pending === 0 && (
        <p className="pane-message">
          {when === 'ever'
            ? `No channel was dead, always on, constant, a duplicate, exploding or not finite in any of ${formatStep(captures)} captures.`
            : 'No channel is dead, always on, constant, a duplicate, exploding or not finite in the newest capture.'}
        </p>
      )}
      <div className="findings-layers">
        {names.map((name) => {
          const one = health.get(name);
          const rows = findings.filter(({ layer }) => layer === name);
          if (one === undefined || one.counts.size === 0) return null;
          return (
            <section key={name} aria-label={name}>
              <h3 className="findings-layer">
                <span className="ellipsis">{name}</span>
                <Lane layer={name} health={one} />
                <span className="micro">{rows.length}</span>
              </h3>
              <LayerRows findings={rows} channels={one.judgements.at(-1)?.length ?? 0} />
            </section>
          );
        })}
      </div>
    </section>
  );
}

/** What was found of a layer: a whole net may have thousands of channels with the same condition. */
function LayerRows({ findings, channels }: { findings: readonly Finding[]; channels: number }) {
  const byCondition = CONDITIONS.map((condition) => findings.filter((one) => one.condition === condition));
  const isGroup = (of: readonly Finding[]) => of.length > MOST_ALONE;
  const alone = findings.filter(
    ({ condition }) => !isGroup(byCondition[CONDITIONS.indexOf(condition)] ?? []),
  );
  return (
    <>
      {byCondition.filter(isGroup).map((of) => (
        <FindingGroup key={of[0]?.condition} findings={of} channels={channels} />
      ))}
      <Rows findings={alone} />
    </>
  );
}

function Rows({ findings }: { findings: readonly Finding[] }) {
  return (
    <>
      <ul>
        {findings.slice(0, MOST_ROWS).map((finding) => (
          <Row key={`${finding.channel} ${finding.condition}`} finding={finding} />
        ))}
      </ul>
      {findings.length > MOST_ROWS && (
        <p className="micro findings-note">and {formatStep(findings.length - MOST_ROWS)} more</p>
      )}
    </>
  );
}

/** "40 of 512 dead", and each of them when it is opened. */
function FindingGroup({ findings, channels }: { findings: readonly Finding[]; channels: number }) {
  const [isOpen, setOpen] = useState(false);
  const [first] = findings;
  if (first === undefined) return null;
  const { condition } = first;
  const from = Math.min(...findings.map(({ last }) => last.from));
  const to = Math.max(...findings.map(({ last }) => last.to));
  return (
    <>
      <button
        type="button"
        className="finding finding-group"
        aria-expanded={isOpen}
        title={isOpen ? 'Close the list of channels' : 'List the channels'}
        onClick={() => setOpen(!isOpen)}
      >
        <span className={`flag-${condition}`}>
          <Icon name={condition} />
        </span>
        <span className="finding-text">
          <span>
            {formatStep(findings.length)} of {formatStep(channels)}{' '}
            <span className="faint">{FLAG_NAMES[condition]}</span>
          </span>
          <span className="faint finding-steps">{intervalText({ from, to })}</span>
        </span>
        <Icon name="chevron" />
      </button>
      {isOpen && <Rows findings={findings} />}
    </>
  );
}

/** Drawn again only if it says something else: there may be hundreds. */
const Row = memo(FindingRow, ({ finding: a }, { finding: b }) => {
  const isSame = a.layer === b.layer && a.channel === b.channel && a.condition === b.condition;
  return (
    isSame &&
    a.last.of?.channel === b.last.of?.channel &&
    a.last.of?.negative === b.last.of?.negative &&
    allIntervals(a) === allIntervals(b)
  );
});

function allIntervals({ last, earlier }: Finding): string {
  return intervalsText(last, earlier, 50);
}

function FindingRow({ finding }: { finding: Finding }) {
  const app = useRunPage();
  const { layer, channel, condition, last, earlier } = finding;
  const { of } = last;
  return (
    <li>
      <button
        type="button"
        className="finding"
        title={`Go to step ${formatStep(last.from)}, the first capture of the newest interval. In every capture of: ${allIntervals(finding)}`}
        onClick={() => {
          app.scrubTo(last.from);
          app.show({ layer, channel, limits: {} });
          app.rail.chosen();
        }}
      >
        <span className={`flag-${condition}`}>
          <Icon name={condition} />
        </span>
        <span className="finding-text">
          <span>
            {channel}{' '}
            <span className="faint">
              {of === undefined ? FLAG_NAMES[condition] : `= ${of.channel}${of.negative ? ', negated' : ''}`}
            </span>
          </span>
          <span className="faint finding-steps">{intervalsText(last, earlier)}</span>
        </span>
      </button>
    </li>
  );
}

const LANE = { width: 100, height: 12 };

/** The number of channels with each condition over the captures, stacked; a click goes to that capture of the layer. */
function Lane({ layer, health }: { layer: string; health: LayerHealth }) {
  const app = useRunPage();
  const first = useStore(app.run, (run) => run?.steps[0] ?? 0);
  const last = useStore(app.run, (run) => run?.steps.at(-1) ?? 0);
  const { steps, counts } = health;
  // The playhead moves often, and the areas only with new captures.
  const paths = useMemo(() => {
    const xOf = (at: number) => laneX(at, first, last);
    const areas = stacked(health);
    const most = Math.max(1, ...areas.map(({ tops }) => Math.max(...tops)));
    return areas.map(({ condition, bottoms, tops }) => ({
      condition,
      d: areaPath(health.steps, bottoms, tops, xOf, (value) => LANE.height * (1 - value / most)),
    }));
  }, [health, first, last]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the timeline reaches every capture by keyboard
    <svg
      className="findings-lane"
      viewBox={`0 0 ${LANE.width} ${LANE.height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={laneText(counts, steps)}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        app.scrubTo(first + ((event.clientX - box.left) / box.width) * (last - first));
        if (app.run.get()?.layer?.name !== layer) app.selectLayer(layer);
      }}
    >
      <title>{laneText(counts, steps)}</title>
      {paths.map(({ condition, d }) => (
        <path key={condition} fill={`var(--${FLAG_TOKENS[condition]})`} d={d} />
      ))}
      <LanePlayhead first={first} last={last} />
    </svg>
  );
}

function laneX(at: number, first: number, last: number): number {
  return last > first ? ((at - first) / (last - first)) * LANE.width : 0;
}

function LanePlayhead({ first, last }: { first: number; last: number }) {
  const step = useStoreValue(useRunPage().step);
  if (step === undefined) return null;
  const x = laneX(step, first, last);
  return (
    <line x1={x} x2={x} y1={0} y2={LANE.height} stroke="var(--accent)" vectorEffect="non-scaling-stroke" />
  );
}

function stacked({ steps, counts }: LayerHealth) {
  let below: readonly number[] = steps.map(() => 0);
  return CONDITIONS.flatMap((condition) => {
    const count = counts.get(condition);
    if (count === undefined) return [];
    const bottoms = below;
    const tops = bottoms.map((bottom, index) => bottom + count[index]!);
    below = tops;
    return [{ condition, bottoms, tops }];
  });
}

/** A stepped area: each capture's count holds until the next capture. */
function areaPath(
  steps: readonly number[],
  bottoms: readonly number[],
  tops: readonly number[],
  xOf: (step: number) => number,
  yOf: (value: number) => number,
): string {
  const edge = (values: readonly number[]) =>
    steps.flatMap((step, index) => {
      const to = steps[index + 1] ?? step + 0.5 * Math.max(1, step - (steps[index - 1] ?? step));
      return [`${xOf(step)},${yOf(values[index]!)}`, `${xOf(to)},${yOf(values[index]!)}`];
    });
  return `M${edge(tops).join('L')}L${edge(bottoms).reverse().join('L')}Z`;
}

function laneText(counts: LayerHealth['counts'], steps: readonly number[]): string {
  const parts = [...counts].map(([condition, count]) => {
    const captures = count.reduce((sum, one) => sum + (one > 0 ? 1 : 0), 0);
    return `${FLAG_NAMES[condition]} in ${formatStep(captures)} of ${formatStep(steps.length)} captures, at most ${plural(Math.max(...count), 'channel')} at once`;
  });
  return parts.join('; ');
}
