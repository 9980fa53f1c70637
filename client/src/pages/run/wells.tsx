/** The layout of the page without maps, while the log is being read. */
import './wells.css';

export function Wells() {
  return (
    <>
      <div className="layers" aria-hidden="true">
        {[0, 1, 2, 3].map((tile) => (
          <div key={tile} className="layer-tile">
            <span className="well layer-well" />
          </div>
        ))}
      </div>
      <div className="wells" aria-busy="true">
        <span className="well" />
        <span className="well only-wide" />
        <span className="well only-wide" />
        <p className="small muted late" role="status">
          Reading the log.
        </p>
      </div>
    </>
  );
}
