/** A piece of a curve as it is drawn, beside what it is called. */
export function CurveKey(props: {
  /** A CSS value; otherwise as the text beside it. */
  readonly colour?: string;
  /** Lengths of strokes and gaps; undefined for a line in one piece. */
  readonly dash: readonly number[] | undefined;
}) {
  const { colour = 'currentColor', dash } = props;
  return (
    <svg className="curve-key" viewBox="0 0 16 3" aria-hidden="true">
      <line x2="16" y1="1.5" y2="1.5" stroke={colour} strokeWidth="3" strokeDasharray={dash?.join(' ')} />
    </svg>
  );
}
