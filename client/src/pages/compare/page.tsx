/** Opens the page of comparisons: two captures of one run or of two, and what differs. */
import { createDecoder } from '../../decode/decoder.js';
import type { OpenPage, Shell } from '../page.js';
import { CompareContext } from './compare-context.js';
import { ComparePage } from './compare-page.js';
import { CompareState } from './compare-state.js';
import { COMPARE_KEYS, handleCompareKey } from './keys.js';

export function open({ runs, say }: Shell): OpenPage {
  const state = new CompareState(runs, createDecoder());
  return {
    main: (
      <CompareContext value={state}>
        <ComparePage />
      </CompareContext>
    ),
    hash: state.address.hash,
    problems: state.address.problems,
    keys: COMPARE_KEYS,
    handleKey: (event) => handleCompareKey(event, state, say),
    addressChanged: () => state.read(),
  };
}
