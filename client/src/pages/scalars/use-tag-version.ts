import { useEffect, useState } from 'react';
import { useNextFrame } from '../../ui/animation-frame.js';
import { useScalars } from './scalars-context.js';

/** A number that grows when what is held of these scalars has changed, once a frame at most. */
export function useTagVersion(tags: readonly string[]): number {
  const state = useScalars();
  const [version, setVersion] = useState(0);
  const inNextFrame = useNextFrame();
  useEffect(
    () => state.listen(tags, () => inNextFrame(() => setVersion((before) => before + 1))),
    [state, tags, inNextFrame],
  );
  return version;
}
