/** What is wrong with the address. It is said until the user does something, which writes the address anew. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { Part } from '../../../series/pixel-columns.js';
import { createStore } from '../../../ui/store.js';
import type { Frame } from '../frames/frame.js';
import { wishedStep } from './absent.js';
import type { RunView } from './run-view.js';
import { checkView, factsOf } from './view-check.js';
import { problemsOfHash, type ViewState } from './view-state.js';

export class AddressProblems {
  /** One sentence each. */
  readonly sentences = createStore<readonly string[]>([]);
  /** Whether the view is as the address or the choice of a run made it. What the user changes needs no explanation. */
  #isNew = true;
  /** The layer that the view names and the run lacks, and the one that is shown instead. */
  #missing: { readonly layer: string | undefined; readonly shown: string } | undefined;

  /** Call when the view has been read from an address. */
  read(hash: string): void {
    this.#isNew = true;
    this.sentences.set(problemsOfHash(hash));
  }

  /** The view without what the run does not have; the view itself if it has all. */
  checked(
    view: ViewState,
    run: RunView,
    frame: Frame | undefined,
    runs: readonly RunSummary[],
    axis: Part | undefined,
  ): ViewState {
    // Of a log that is still being read, the layer that the view names may come later, and so may steps.
    if (!run.isComplete || (view.run !== undefined && view.run !== run.run)) return view;
    const { right, layer, problems, unasked } = checkView(
      view,
      factsOf(run, wishedStep(view, run), frame, runs, axis),
    );
    this.#missing = layer === undefined ? undefined : { layer: view.layer, shown: layer };
    const said = this.sentences.get();
    const added = (this.#isNew ? problems : unasked).filter((problem) => !said.includes(problem));
    if (added.length > 0) this.sentences.set([...said, ...added]);
    return Object.keys(right).length === 0 ? view : { ...view, ...right };
  }

  /** The view after a change by the user, to whom `run` is shown. */
  changed(view: ViewState, change: Partial<ViewState>, run: string | undefined): ViewState {
    const next = { ...view, run: view.run ?? run, ...change };
    this.#isNew = next.run !== run;
    this.sentences.set([]);
    // A run that lacks the layer may be left for one that has it; anything else is done to the layer that is shown.
    const missing = this.#missing;
    return missing !== undefined && next.layer === missing.layer && next.run === run
      ? { ...next, layer: missing.shown }
      : next;
  }
}
