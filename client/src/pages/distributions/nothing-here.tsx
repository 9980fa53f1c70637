import { FilterHint } from '../../runs/filter-hint.js';
import { NothingLogged } from '../../ui/nothing-logged.js';

/** Shown while no run that is drawn has histograms: which call logs them. */
export function NothingHere({ hasRuns }: { readonly hasRuns: boolean }) {
  if (hasRuns)
    return (
      <NothingLogged
        what="histograms"
        line={'writer.add_histogram("conv1/weight", model.conv1.weight, step)'}
      >
        <FilterHint />
      </NothingLogged>
    );
  return (
    <div className="no-maps">
      <p className="muted">
        No run is chosen. Choose some in the list of runs. <FilterHint />
      </p>
    </div>
  );
}
