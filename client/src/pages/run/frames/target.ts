import type { RunData } from '../../../runs/run-data.js';
import type { LayerView } from './layers.js';

/** What the frame keeper is asked to show. */
export interface Target {
  readonly data: RunData;
  readonly layers: readonly LayerView[];
  /** Those of `layers` whose tiles are in the strip: it folds long nets. */
  readonly visible: readonly LayerView[];
  /** The layer whose maps are shown. */
  readonly layer: LayerView | undefined;
  /** Steps with captures, ascending. */
  readonly steps: readonly number[];
  /** The chosen step; undefined for the newest. */
  readonly wished: number | undefined;
  /** Whether new captures are shown as they arrive. */
  readonly following: boolean;
  /** Whether the run may get more captures. */
  readonly isLive: boolean;
  /** Determines which captures are fetched ahead. */
  readonly playback: { readonly playing: boolean; readonly loop: boolean };
  /** The shown probe, if its maps can be drawn without those of the others. */
  readonly probe: number | undefined;
  /** Whether the output grid shows gradients. */
  readonly isGradientShown: boolean;
  /** Whether colours are locked to the values of the whole run. */
  readonly lockedToRun: boolean;
}
