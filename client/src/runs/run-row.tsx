import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { nameOfRun, titleOfRun } from '@convscope/shared/run-name.js';
import { memo } from 'react';
import { formatStep, formatValue } from '../ui/format.js';
import { hasRecords } from './has-records.js';
import { runColour } from './run-colours.js';
import { RawLoss, SmoothedLoss } from './run-loss.js';
import { type CurveState, RunSquare } from './run-square.js';
import { useIsHubLost } from './runs-context.js';
import { Sparkline } from './sparkline.js';
import { stateWord } from './state-words.js';
import { courseText } from './table/cell-text.js';
import type { Modifiers } from './use-run-choice.js';

/**
 * In pixels, for the list, which renders only the rows that can be seen. `tall`: names have a line of their own, with the
 * losses below the state.
 */
export const ROW_HEIGHTS = { usual: 48, tall: 62 } as const;
export type RowForm = keyof typeof ROW_HEIGHTS;

/** How the pointer selects runs, which is not to be seen. */
export const SELECT_HINT = 'Ctrl-click or right-click: select, to rename, note, archive or delete it';

export function rowClass(selected: boolean, marked: boolean): string {
  return ['run-row', selected && 'current', marked && 'marked'].filter(Boolean).join(' ');
}

/** Memoised: the list renders with every change of any run. */
export const RunRow = memo(function RunRow(props: {
  readonly run: RunSummary;
  /** The name, or as much of it as there is room for. */
  readonly shownName: string;
  readonly form: RowForm;
  readonly at: number;
  readonly count: number;
  /** The place of its colour and line. */
  readonly place: number;
  readonly selected: boolean;
  /** Whether it was selected to do something with it. */
  readonly marked: boolean;
  readonly curve: CurveState;
  /** Whether Tab stops at this row. */
  readonly isTabStop: boolean;
  readonly onSelect: (run: string, modifiers: Modifiers) => void;
  readonly onDraw: (run: string, drawn: boolean) => void;
}) {
  const { run, shownName, form, at, count, place, selected, marked, curve, isTabStop } = props;
  const height = ROW_HEIGHTS[form];
  const isTall = form === 'tall';
  const { word, tone } = stateWord(run, useIsHubLost());
  const name = nameOfRun(run.run);
  const loss = run.loss === undefined ? undefined : Number(run.loss);
  const step = hasRecords(run) ? formatStep(run.lastStep) : undefined;
  const course = courseText(run);
  const look = runColour(place);
  const tabIndex = isTabStop ? 0 : -1;
  const title = [
    ...(run.label === undefined ? [] : [run.label]),
    name,
    `${word} · ${step === undefined ? 'no records' : `step ${step}`}${run.synthetic ? ' · synthetic data' : ''}`,
    ...(course === undefined ? [] : [Object.values(course).join(', ')]),
    ...(loss === undefined
      ? []
      : [`${run.lossTag ?? 'loss'} ${formatValue(loss)}, the newest value as logged`]),
    ...(run.note === undefined ? [] : [run.note]),
    ...(run.error === undefined ? [] : [run.error]),
    SELECT_HINT,
  ].join('\n');
  return (
    <li
      className={rowClass(selected, marked)}
      style={{ top: at * height, height }}
      data-run={run.run}
      data-at={at}
      aria-setsize={count}
      aria-posinset={at + 1}
    >
      <button
        type="button"
        className="cover"
        tabIndex={tabIndex}
        aria-current={selected ? 'true' : undefined}
        aria-label={`${titleOfRun(run)}, ${word}, ${step === undefined ? 'no records' : `step ${step}`}`}
        title={title}
        onClick={(event) => props.onSelect(run.run, event)}
      />
      <RunSquare
        {...{ name, selected, curve, look, tabIndex }}
        onDraw={(drawn) => props.onDraw(run.run, drawn)}
      />
      <span className="line">
        <bdi className={selected ? 'run-name grow medium' : 'run-name grow'}>{shownName}</bdi>
        {!isTall && <RawLoss run={run} />}
      </span>
      <span className="line second">
        <span className="micro">
          <span className={tone}>{word}</span> · {step ?? 'no records'}
        </span>
        <span className="micro whole grow">{run.synthetic && 'synthetic'}</span>
        {!isTall && <SmoothedLoss run={run} />}
        <Sparkline points={run.sparkline} look={look} />
      </span>
      {isTall && (
        <span className="line losses">
          <RawLoss run={run} />
          <SmoothedLoss run={run} />
        </span>
      )}
    </li>
  );
});
