import { type ComponentType, type ReactNode, useEffect, useState } from 'react';

/**
 * A component whose code is loaded when it is first shown. While it loads, `waiting` is shown. If it cannot be loaded, it
 * throws; mounted again, it tries again, which React's `lazy` does not.
 */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  waiting: ReactNode,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazily(props: Props) {
    const [Loaded, setLoaded] = useState(() => loaded);
    const [error, setError] = useState<unknown>();
    useEffect(() => {
      if (loaded !== undefined) return;
      load().then((component) => {
        loaded = component;
        setLoaded(() => component);
      }, setError);
    }, []);
    if (error !== undefined) throw error;
    return Loaded === undefined ? waiting : <Loaded {...props} />;
  };
}
