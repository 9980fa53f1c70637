import type { RunData } from '../../../runs/run-data.js';
import type { LayerView } from './layers.js';

/** What the frame keeper is asked to show. */
export interface Target {
  readonly data: RunData;
  readonly layers: readonly LayerView[];
  /** The layer whose maps are shown. */
  readonly layer: LayerView | undefined;
  /** Steps with captures, ascending. */
  readonly steps: readonly number[];
  /** The step that was chosen; undefined: the newest. */
  readonly wished: number | undefined;
  /** Whether new captures are shown as they come. */
  readonly following: boolean;
  /** Says which captures will be wanted soon. */
  readonly playback: { readonly playing: boolean; readonly loop: boolean };
  /** The probe that is shown, where its maps can be drawn without those of the others. */
  readonly probe: number | undefined;
}
