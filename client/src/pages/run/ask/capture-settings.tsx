/** How often captures are made and what they hold. What is chosen here is asked for by one button, below its cost. */
import { CAPTURE_BUDGET, MEASURED_PART, withLayersAlong } from '@convscope/shared/capture-cost.js';
import { CAPTURE_STEPS_LIMITS, parseCaptureSteps } from '@convscope/shared/capture-steps.js';
import { millisecondsText } from '@convscope/shared/cost-text.js';
import type { CaptureSettingsState, TrainerState } from '@convscope/shared/protocol/control.js';
import { Button } from '../../../ui/button.js';
import { Segments } from '../../../ui/segments.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { budgetText, everyWithin, expectedCost } from './capture-cost-text.js';
import { keptPerRun } from './kept-per-run.js';
import { useTrainer } from './trainer-link.js';

type Draft = Partial<Pick<CaptureSettingsState, 'every' | 'at' | 'layers' | 'gradients' | 'budget'>>;

const USUAL_EVERY = 50;

/** What is chosen and not yet applied: a click beside the panel, on a map for instance, closes it. */
const useDraft = keptPerRun<Draft>({});

export function CaptureSettings({ state, mayAsk }: { state: TrainerState; mayAsk: boolean }) {
  const trainer = useTrainer();
  const run = useStore(useRunPage().run, (one) => one?.run ?? '');
  const [draft, changeDraft] = useDraft(run);
  const chosen = { ...state.settings, ...draft };
  const at = parseCaptureSteps(chosen.at);
  const problem = problemOf(chosen) ?? ('error' in at ? at.error : undefined);
  const isChanged = Object.keys(draft).length > 0;
  const change = (next: Draft) => changeDraft((before) => ({ ...before, ...next }));
  const { every, layers, gradients, budget } = chosen;
  const captured = withLayersAlong({ layers, gradients }, state.along);
  const forecast =
    every === 'auto' ? everyWithin(state, captured, (budget / 100) * MEASURED_PART) : undefined;
  const steps = !isChanged ? state.every : every === 'auto' ? forecast?.every : every;
  const added = also(layers, captured.layers);
  const isIncluded = (name: string) => layers === null || layers.includes(name);
  const toggle = (name: string, isOn: boolean): void => {
    const next = state.layers.filter((one) => (one === name ? isOn : isIncluded(one)));
    change({ layers: next.length === state.layers.length ? null : next });
  };
  return (
    <section className="ask-section" aria-label="Captures">
      <h3 className="heading">Captures</h3>
      <div className="row ask-line">
        <Segments
          label="How often"
          value={every === 'auto' ? 'auto' : 'every'}
          options={[
            ['auto', 'within a budget'],
            ['every', 'every N steps'],
          ]}
          onChange={(next) => change({ every: next === 'auto' ? 'auto' : state.every || USUAL_EVERY })}
        />
        {every === 'auto' ? (
          <label className="small ask-field">
            <input
              type="number"
              min={CAPTURE_BUDGET.least}
              max={CAPTURE_BUDGET.most}
              step={0.5}
              value={budget}
              onChange={(event) => change({ budget: event.target.valueAsNumber })}
            />
            % <span className="sr">of the training time</span>
          </label>
        ) : (
          <label className="small ask-field">
            <input
              type="number"
              min={0}
              max={CAPTURE_STEPS_LIMITS.step}
              value={every}
              onChange={(event) => change({ every: event.target.valueAsNumber })}
            />
            steps
          </label>
        )}
      </div>
      <label className="small ask-field">
        also at
        <input
          type="text"
          className="grow"
          placeholder="10,50,100-200:10"
          maxLength={CAPTURE_STEPS_LIMITS.length}
          value={chosen.at}
          onChange={(event) => change({ at: event.target.value })}
        />
      </label>
      <fieldset className="ask-layers">
        <legend className="small">Layers, and what a capture of each takes</legend>
        {state.layers.map((name) => (
          <label key={name} className="ask-check small">
            <input
              type="checkbox"
              checked={isIncluded(name)}
              onChange={(event) => toggle(name, event.target.checked)}
            />
            <span className="ellipsis">{name}</span>
            <span className="faint">{costOf(state.cost.layers[name])}</span>
          </label>
        ))}
      </fieldset>
      <label className="ask-check small">
        <input
          type="checkbox"
          checked={gradients}
          onChange={(event) => change({ gradients: event.target.checked })}
        />
        <span>gradients of the activations</span>
        <span className="faint">{costOf(state.cost.gradients ?? undefined)}</span>
      </label>
      <p className={problem === undefined ? 'micro' : 'micro is-bad'} data-expected-cost>
        {problem ?? expectedCost(state.cost, captured, steps ?? 0)}
        {problem === undefined &&
          chosen.at.trim() !== '' &&
          ` Captures at ${chosen.at.trim()} come on top of that.`}
        {problem === undefined && added !== '' && ` With ${added}, from whose maps an input is computed.`}
        {problem === undefined &&
          forecast !== undefined &&
          // Why captures are as far apart as they are now stands above.
          ` ${budgetText(budget, isChanged || forecast.why === 'least' ? forecast.why : undefined)}`}
      </p>
      <div className="row ask-line">
        <Button
          disabled={!mayAsk || !isChanged || problem !== undefined}
          onClick={() => {
            const { layers: names, ...rest } = draft;
            const some = names === undefined ? {} : { layers: names === null ? null : [...names] };
            void trainer.ask({ ask: 'settings', change: { ...rest, ...some } }).then(({ isBad }) => {
              if (!isBad) changeDraft(() => ({}));
            });
          }}
        >
          Apply
        </Button>
        {isChanged && (
          <Button quiet onClick={() => changeDraft(() => ({}))}>
            As it is
          </Button>
        )}
      </div>
    </section>
  );
}

/** The layers that are captured without having been chosen. */
function also(chosen: readonly string[] | null, captured: readonly string[] | null): string {
  return (captured ?? []).filter((name) => chosen?.includes(name) === false).join(', ');
}

function costOf(milliseconds: number | undefined): string {
  return milliseconds === undefined ? 'not measured' : millisecondsText(milliseconds);
}

function problemOf({ every, budget, layers }: CaptureSettingsState): string | undefined {
  if (every !== 'auto' && !(Number.isInteger(every) && every >= 0 && every <= CAPTURE_STEPS_LIMITS.step))
    return 'The number of steps must be a whole number from 0.';
  if (!(budget >= CAPTURE_BUDGET.least && budget <= CAPTURE_BUDGET.most))
    return `The budget must be from ${CAPTURE_BUDGET.least} to ${CAPTURE_BUDGET.most} %.`;
  return layers?.length === 0 ? 'Choose at least one layer.' : undefined;
}
