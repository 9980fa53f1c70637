/** The layout of the page without maps, while the log is being read. */
import type { ReactNode } from 'react';
import './wells.css';

/** @param problem why it cannot be read for now */
export function Wells({ problem }: { problem?: string | undefined }) {
  return (
    <>
      <div className="layers" aria-hidden="true">
        {[0, 1, 2, 3].map((tile) => (
          <div key={tile} className="layer-tile">
            <span className="well layer-well" />
          </div>
        ))}
      </div>
      <PaneWells>
        {problem === undefined ? (
          <p className="small muted late" role="status">
            Reading the log.
          </p>
        ) : (
          <p className="small is-warn" role="status">
            The log cannot be read: {problem} The page tries again.
          </p>
        )}
      </PaneWells>
    </>
  );
}

/** In place of the panes. */
export function PaneWells({ children }: { children?: ReactNode }) {
  return (
    <div className="wells" aria-busy="true">
      <span className="well" />
      <span className="well only-wide" />
      <span className="well only-wide" />
      {children}
    </div>
  );
}
