/** The row of parameters. The error message of PyTorch is shown with the field that caused it. */

import { useState } from 'react';
import { Button } from '../../ui/button.js';
import { Segments } from '../../ui/segments.js';
import { Select } from '../../ui/select.js';
import {
  type LabState,
  LIMITS,
  type NumberField,
  type Operation,
  PADDING_MODES,
  type PaddingMode,
  whyNot,
} from './lab-state.js';
import { PaddingChoice, PaddingSelect } from './padding-select.js';

export type Change = (change: Partial<LabState>) => void;

interface Field {
  readonly label: string;
  /** Fields that change together as long as they are equal. */
  readonly fields: readonly [NumberField] | readonly [NumberField, NumberField];
  /** The name of the parameter in an error. */
  readonly refusal: string;
  /** The only operation that has it. */
  readonly of?: Operation;
}

const OPERATION_NAMES = [
  ['conv2d', 'conv2d'],
  ['convTranspose2d', 'conv_transpose2d'],
] as const;

const FIELDS: readonly Field[] = [
  { label: 'in channels', fields: ['inChannels'], refusal: 'inChannels' },
  { label: 'out channels', fields: ['outChannels'], refusal: 'outChannels' },
  { label: 'input h', fields: ['inputHeight'], refusal: 'input' },
  { label: 'input w', fields: ['inputWidth'], refusal: 'input' },
  { label: 'kernel h', fields: ['kernelHeight'], refusal: 'kernelSize' },
  { label: 'kernel w', fields: ['kernelWidth'], refusal: 'kernelSize' },
  { label: 'stride', fields: ['strideHeight', 'strideWidth'], refusal: 'stride' },
  { label: 'padding', fields: ['paddingHeight', 'paddingWidth'], refusal: 'padding' },
  {
    label: 'output padding',
    fields: ['outputPaddingHeight', 'outputPaddingWidth'],
    refusal: 'outputPadding',
    of: 'convTranspose2d',
  },
  { label: 'dilation', fields: ['dilationHeight', 'dilationWidth'], refusal: 'dilation' },
  { label: 'groups', fields: ['groups'], refusal: 'groups' },
];

export function ParameterControls(props: {
  state: LabState;
  change: Change;
  refusal: { field: string; message: string } | undefined;
  bias: Float64Array | undefined;
  /** The output channel whose bias can be edited. */
  outChannel: number;
  onReset: () => void;
}) {
  const { state, change, refusal } = props;
  const isTransposed = state.operation === 'convTranspose2d';
  /** Why what was typed last is not used, until anything changes. */
  const [notUsed, setNotUsed] = useState<{ readonly sentence: string; readonly state: LabState }>();
  const onNotUsed = (sentence: string) => setNotUsed({ sentence, state });
  return (
    <div className="lab-params" role="group" aria-label="Parameters">
      <div className="lab-field">
        <span>operation</span>
        <Segments<Operation>
          label="Operation"
          value={state.operation}
          options={OPERATION_NAMES}
          onChange={(operation) => change({ operation, padding: 'numbers', paddingMode: 'zeros' })}
        />
      </div>
      {FIELDS.filter((field) => field.of === undefined || field.of === state.operation).map((field) => {
        const bad = refusal !== undefined && blamed(field, refusal.field);
        const described = bad ? 'lab-refusal' : undefined;
        if (field.label === 'padding' && state.padding !== 'numbers') {
          return <PaddingChoice key="padding" state={state} change={change} bad={bad} />;
        }
        return (
          <div className="lab-field" key={field.label} data-bad={bad || undefined}>
            <span>
              {field.label}
              {field.fields.length === 2 && <PairToggle field={field} state={state} change={change} />}
            </span>
            <span className="lab-field-row">
              {shownFields(field, state).map((name) => (
                <Stepper
                  key={name}
                  label={labelOf(field, name, state)}
                  name={name}
                  value={state[name]}
                  describedBy={described}
                  onChange={(value) => change(together(field, name, value, state))}
                  onNotUsed={onNotUsed}
                />
              ))}
              {field.label === 'padding' && !isTransposed && <PaddingSelect state={state} change={change} />}
            </span>
          </div>
        );
      })}
      {!isTransposed && (
        <div className="lab-field" data-bad={refusal?.field === 'paddingMode' || undefined}>
          <span>padding mode</span>
          <Select<PaddingMode>
            look="boxed"
            label="padding mode"
            value={state.paddingMode}
            options={PADDING_MODES.map((mode) => [mode, mode])}
            onChange={(paddingMode) => change({ paddingMode })}
          />
        </div>
      )}
      <label className="lab-field lab-check">
        <span>bias</span>
        <input
          type="checkbox"
          checked={state.bias}
          onChange={(event) => change({ bias: event.target.checked })}
        />
      </label>
      {props.bias && (
        <BiasField bias={props.bias} outChannel={props.outChannel} change={change} onNotUsed={onNotUsed} />
      )}
      <Button quiet onClick={props.onReset}>
        Reset
      </Button>
      {notUsed?.state === state && (
        <p className="lab-not-used" role="alert">
          {notUsed.sentence}
        </p>
      )}
      {refusal && (
        <p className="lab-refusal" id="lab-refusal" role="alert">
          {refusal.message}
        </p>
      )}
    </div>
  );
}

/** Edits the bias of the selected output channel. Input is used as soon as it is a number. */
function BiasField(props: {
  bias: Float64Array;
  outChannel: number;
  change: Change;
  onNotUsed: (sentence: string) => void;
}) {
  const { bias, outChannel, change } = props;
  const [typed, setTyped] = useState<string>();
  const value = bias[outChannel] ?? 0;
  return (
    <label className="lab-field">
      <span>bias of out {outChannel}</span>
      <input
        className="lab-bias"
        inputMode="decimal"
        value={typed ?? String(Number(value.toPrecision(6)))}
        onChange={({ target }) => {
          setTyped(target.value);
          const number = Number(target.value);
          // Half a number is being typed.
          if (['', '-', '.', '-.'].includes(target.value.trim())) return;
          if (!Number.isFinite(number)) {
            props.onNotUsed(`“${target.value}” is not used: a bias is a number. It stays ${value}.`);
            return;
          }
          change({ biases: Array.from(bias, (old, i) => (i === outChannel ? number : old)) });
        }}
        onBlur={() => setTyped(undefined)}
        onKeyDown={(event) => event.stopPropagation()}
      />
    </label>
  );
}

function blamed(field: Field, refused: string): boolean {
  if (field.refusal === refused) return true;
  return refused === 'weight' && (field.refusal === 'kernelSize' || field.refusal === 'outChannels');
}

function isSplit(field: Field, state: LabState): boolean {
  return field.fields.length === 2 && state[field.fields[0]] !== state[field.fields[1]];
}

function shownFields(field: Field, state: LabState): readonly NumberField[] {
  return isSplit(field, state) ? field.fields : [field.fields[0]];
}

function labelOf(field: Field, name: NumberField, state: LabState): string {
  if (!isSplit(field, state)) return field.label;
  return `${field.label} ${name.endsWith('Height') ? 'h' : 'w'}`;
}

function together(field: Field, name: NumberField, value: number, state: LabState): Partial<LabState> {
  if (field.fields.length === 2 && !isSplit(field, state)) {
    return { [field.fields[0]]: value, [field.fields[1]]: value };
  }
  return { [name]: value };
}

/** Separates height and width of a parameter that is a pair in PyTorch, or joins them again. */
function PairToggle({ field, state, change }: { field: Field; state: LabState; change: Change }) {
  const [height, width] = field.fields as readonly [NumberField, NumberField];
  const split = isSplit(field, state);
  const [, most] = LIMITS[width];
  return (
    <button
      type="button"
      className="lab-pair"
      aria-label={split ? `One ${field.label} for both sides` : `Set ${field.label} h and w apart`}
      title={split ? 'Same for both sides' : 'Height and width apart'}
      onClick={() =>
        change({
          [width]: split ? state[height] : state[height] < most ? state[height] + 1 : state[height] - 1,
        })
      }
    >
      {split ? 'h, w' : 'h = w'}
    </button>
  );
}

function Stepper(props: {
  label: string;
  name: NumberField;
  value: number;
  describedBy: string | undefined;
  onChange: (value: number) => void;
  onNotUsed: (sentence: string) => void;
}) {
  const [least, most] = LIMITS[props.name];
  /** What was typed and is not used; it stays in the field until it is left. */
  const [typed, setTyped] = useState<string>();
  const take = (text: string): void => {
    const reason = whyNot(props.name, text, props.label);
    setTyped(reason === undefined ? undefined : text);
    if (reason === undefined) props.onChange(Number(text));
    // An empty field is about to be filled.
    else if (text !== '') props.onNotUsed(`“${text}” is not used: ${reason} It stays ${props.value}.`);
  };
  return (
    <span className="lab-stepper">
      <button
        type="button"
        aria-label={`less ${props.label}`}
        disabled={props.value <= least}
        onClick={() => props.onChange(props.value - 1)}
      >
        −
      </button>
      <input
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={typed !== undefined && typed !== '' ? true : undefined}
        inputMode="numeric"
        value={typed ?? props.value}
        onChange={(event) => take(event.target.value)}
        onBlur={() => setTyped(undefined)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowUp') take(String(props.value + 1));
          if (event.key === 'ArrowDown') take(String(props.value - 1));
          event.stopPropagation();
        }}
      />
      <button
        type="button"
        aria-label={`more ${props.label}`}
        disabled={props.value >= most}
        onClick={() => props.onChange(props.value + 1)}
      >
        +
      </button>
    </span>
  );
}
