import { useEffect, useState } from 'react';
import { useNextFrame } from '../../ui/animation-frame.js';
import { useScalars } from './scalars-context.js';

/** A number that changes when what is held of these scalars has changed, once a frame at most. */
export function useTagVersion(tags: readonly string[]): number {
  const state = useScalars();
  const [version, setVersion] = useState(() => state.versionOf(tags));
  const inNextFrame = useNextFrame();
  useEffect(() => {
    const read = () => setVersion(state.versionOf(tags));
    // Something may have come for another card since this one was rendered.
    read();
    return state.listen(tags, () => inNextFrame(read));
  }, [state, tags, inNextFrame]);
  return version;
}
