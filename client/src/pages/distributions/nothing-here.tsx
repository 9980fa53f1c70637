/** Shown while no run that is drawn has histograms: which call logs them. */
export function NothingHere({ hasRuns }: { readonly hasRuns: boolean }) {
  return (
    <div className="no-maps">
      <p className="medium">{hasRuns ? 'The drawn runs have no histograms' : 'No run is drawn'}</p>
      <p className="small muted">
        {hasRuns ? (
          <>
            One line of PyTorch logs one:{' '}
            <code className="mono">writer.add_histogram("conv1/weight", model.conv1.weight, step)</code>
          </>
        ) : (
          'Press the square of a run in the list, or clear its filter.'
        )}
      </p>
    </div>
  );
}
