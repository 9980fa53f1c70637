/** Stands where the log has not answered yet. It appears late, so that a fast answer brings no flicker. */
import './reading-note.css';

export function ReadingNote() {
  return (
    <p className="reading-note muted" role="status">
      Reading the log.
    </p>
  );
}
