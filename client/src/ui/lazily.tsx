import { type ComponentType, type ReactNode, startTransition, useEffect, useState } from 'react';

/**
 * A component whose code is loaded when it is first shown. While it loads, `waiting` is shown. If it cannot be loaded, it
 * throws; mounted again, it tries again, which React's `lazy` does not.
 * @param isLater it is rendered in pieces, and what the page shows already goes first
 */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  waiting: ReactNode,
  isLater = false,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazily(props: Props) {
    const [Loaded, setLoaded] = useState(() => loaded);
    const [error, setError] = useState<unknown>();
    useEffect(() => {
      if (loaded !== undefined) return;
      load().then((component) => {
        loaded = component;
        const show = () => setLoaded(() => component);
        if (isLater) startTransition(show);
        else show();
      }, setError);
    }, []);
    if (error !== undefined) throw error;
    return Loaded === undefined ? waiting : <Loaded {...props} />;
  };
}
