/** Stands in place of maps or kernels whose record holds no values. */
export function EmptyPane({ tag, shape }: { tag: string; shape: readonly number[] }) {
  return (
    <p className="pane-message" role="status" data-empty={tag}>
      {tag} has the shape [{shape.join(', ')}]: it holds no values, so that there is nothing to draw.
    </p>
  );
}
