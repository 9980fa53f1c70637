/** The link that shows which channels have changed most, up to the capture that the page shows. */
import type { Store } from '../../../ui/store.js';
import { compareHash } from '../../compare/view.js';
import type { ViewState } from './view-state.js';

export interface CompareLink {
  readonly hash: string;
  /** The capture that the shown one is compared with. */
  readonly since: number;
  readonly step: number;
}

type Read<T> = Pick<Store<T>, 'get'>;

/** The part of the run page's state that the link is made of. */
interface ShownPlace {
  readonly run: Read<ShownRun | undefined>;
  readonly step: Read<number | undefined>;
  readonly view: Read<Pick<ViewState, 'channel' | 'y' | 'x' | 'stage' | 'probe'>>;
  readonly frames: { readonly frame: Read<ShownFrame | undefined> };
}
interface ShownRun {
  readonly run: string;
  readonly steps: readonly number[];
  readonly layer: { readonly name: string } | undefined;
}
interface ShownFrame {
  readonly output: { readonly step: number } | undefined;
}

/**
 * Compares the shown capture with the first one of the run; from the first one, with the newest. Undefined while there are
 * no two captures.
 */
export function compareLink(app: ShownPlace): CompareLink | undefined {
  const run = app.run.get();
  const { channel, y, x, stage, probe } = app.view.get();
  const [first] = run?.steps ?? [];
  const last = run?.steps.at(-1);
  if (run?.layer === undefined || first === undefined || last === undefined || first === last)
    return undefined;
  const shown = app.frames.frame.get()?.output?.step ?? app.step.get() ?? last;
  const step = shown > first ? shown : last;
  const hash = compareHash({
    ...{ channel, y, x, stage, sort: 'difference' },
    a: { run: run.run, step: first, layer: run.layer.name, probe: probe === 0 ? undefined : probe },
    b: { run: run.run, step, layer: undefined, probe: undefined },
  });
  return { hash, since: first, step };
}
