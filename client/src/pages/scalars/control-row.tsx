/** What all cards have in common: which there are, how they are smoothed and along which axes. */

import type { XAxis } from '@convscope/shared/protocol/series.js';
import { useEffect, useState } from 'react';
import { Icon } from '../../ui/icons.js';
import { Menu, type MenuItem } from '../../ui/menu.js';
import { Segments } from '../../ui/segments.js';
import { Select } from '../../ui/select.js';
import { useStoreValue } from '../../ui/store.js';
import { Toggle } from '../../ui/toggle.js';
import { smoothingLook, USUAL_WEIGHT } from './curve-smoothing.js';
import { GroupControls } from './group-controls.js';
import { TAG_FILTER_ID } from './keys.js';
import { CARD_SIZES, MOST_COLUMNS, type TipOrder } from './preferences.js';
import { useScalars } from './scalars-context.js';
import { HIGHEST_SMOOTHING, type Link } from './view.js';

const AXES: readonly (readonly [XAxis, string])[] = [
  ['step', 'Step'],
  ['relative', 'Relative'],
  ['wall', 'Wall'],
];
const ORDERS: readonly (readonly [TipOrder, string])[] = [
  ['value', 'highest first'],
  ['lowest', 'lowest first'],
  ['nearest', 'nearest first'],
  ['name', 'by name'],
];
const LINKS: readonly (readonly [Link, string])[] = [
  ['none', 'nothing'],
  ['step', 'steps'],
  ['range', 'steps and ranges'],
];
const COLUMNS = Array.from({ length: MOST_COLUMNS + 1 }, (_, count): readonly [number, string] => [
  count,
  count === 0 ? 'auto' : String(count),
]);

export function ControlRow({ problem }: { problem: string | undefined }) {
  const state = useScalars();
  const view = useStoreValue(state.view);
  const preferences = useStoreValue(state.preferences);
  return (
    <div className="scalars-controls" role="toolbar" aria-label="Cards">
      <label className="field">
        <Icon name="search" />
        <input
          id={TAG_FILTER_ID}
          placeholder="Filter tags (regex)"
          aria-label="Filter tags with a regular expression"
          aria-invalid={problem !== undefined}
          value={view.filter}
          onChange={(event) => state.show({ filter: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            state.show({ filter: '' });
            event.currentTarget.blur();
          }}
        />
        <kbd>/</kbd>
      </label>
      {problem !== undefined && <span className="micro is-bad">{problem}</span>}
      <span className="separator" />
      <Smoothing />
      <span className="separator" />
      <span className="row">
        <span className="small muted">x axis</span>
        <Segments label="Axis of x" value={view.x} options={AXES} onChange={(x) => state.show({ x })} />
      </span>
      <Press
        pressed={view.ignoreOutliers}
        title="Limits of the axis of values: the 5th and 95th percentile"
        onChange={(ignoreOutliers) => state.show({ ignoreOutliers })}
      >
        Ignore outliers
      </Press>
      <Press pressed={view.logY} onChange={(logY) => state.show({ logY })}>
        Log y
      </Press>
      <Select<Link>
        look="boxed"
        label="What the cards share"
        text="link "
        value={view.link}
        options={LINKS}
        onChange={(link) => state.show({ link })}
      />
      <GroupControls />
      <span className="row last">
        <Select<TipOrder>
          look="boxed"
          label="Order of the tooltip"
          text="tooltip "
          value={preferences.tipOrder}
          options={ORDERS}
          onChange={(tipOrder) => state.prefer({ tipOrder })}
        />
        <ViewMenu />
      </span>
    </div>
  );
}

/** What is chosen less often. */
function ViewMenu() {
  const state = useScalars();
  const view = useStoreValue(state.view);
  const { columns, size, utc } = useStoreValue(state.preferences);
  const choice = (text: string, isOn: boolean, onChoose: () => void): MenuItem => ({
    text: <Choice isOn={isOn}>{text}</Choice>,
    onChoose,
  });
  return (
    <Menu
      label="More of the view"
      items={[
        [
          choice('Logarithmic x', view.logX, () => state.show({ logX: !view.logX })),
          choice('Curves of before a restart, dashed', view.earlier, () =>
            state.show({ earlier: !view.earlier }),
          ),
          choice('Wall times in UTC', utc, () => state.prefer({ utc: !utc })),
        ],
        CARD_SIZES.map((one) => choice(`Cards: ${one}`, one === size, () => state.prefer({ size: one }))),
        COLUMNS.map(([count, text]) =>
          choice(`Columns: ${text}`, count === columns, () => state.prefer({ columns: count })),
        ),
      ]}
    >
      <Icon name="more" />
    </Menu>
  );
}

function Choice({ isOn, children }: { isOn: boolean; children: string }) {
  return (
    <span className="row">
      <span className="option-mark" style={{ width: 14 }}>
        {isOn && <Icon name="check" title="chosen" />}
      </span>
      {children}
    </span>
  );
}

function Press(props: {
  readonly pressed: boolean;
  readonly title?: string;
  readonly onChange: (pressed: boolean) => void;
  readonly children: string;
}) {
  return (
    <Toggle
      className="button toggle press"
      pressed={props.pressed}
      title={props.title}
      onChange={props.onChange}
    >
      {props.pressed && <Icon name="check" />}
      {props.children}
    </Toggle>
  );
}

function Smoothing() {
  const state = useScalars();
  const { smoothing } = useStoreValue(state.view);
  const { weight, isAsked } = smoothingLook(smoothing);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value takes the place of what was typed
  useEffect(() => setTyped(undefined), [smoothing]);
  const set = (value: number): void => {
    if (Number.isFinite(value)) state.show({ smoothing: Math.min(HIGHEST_SMOOTHING, Math.max(0, value)) });
  };
  return (
    <span className="row smoothing">
      <span className="small muted">Smoothing</span>
      <input
        type="range"
        min={0}
        max={HIGHEST_SMOOTHING}
        step={0.001}
        value={weight}
        aria-label="Smoothing"
        onChange={(event) => set(event.target.valueAsNumber)}
      />
      <input
        className="number"
        inputMode="decimal"
        aria-label="Smoothing as a number"
        value={typed ?? String(weight)}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => {
          if (typed !== undefined && typed.trim() !== '') set(Number(typed));
          setTyped(undefined);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && typed !== undefined && typed.trim() !== '') set(Number(typed));
        }}
      />
      <Press
        pressed={!isAsked}
        title={`Smooth with ${USUAL_WEIGHT}, but neither learning rates nor series of less than 20 points. Another amount smooths all.`}
        onChange={(isAuto) => state.show({ smoothing: isAuto ? 'auto' : weight })}
      >
        Auto
      </Press>
    </span>
  );
}
