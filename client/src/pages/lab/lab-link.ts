/** Reads the lab's part of the address, and says what in it cannot be used. */
import { problemsOfUnread } from '../../ui/view-format.js';
import { chosenPlace, labModel } from './lab-model.js';
import { type LabState, labStateFromQuery, PARAMETERS } from './lab-state.js';

export interface LabLink {
  readonly state: LabState;
  /** What is wrong with the link, one sentence each. */
  readonly problems: readonly string[];
}

/** @param hash `#lab?…` */
export function readLabLink(hash: string): LabLink {
  const query = new URLSearchParams(hash.split('?')[1] ?? '');
  const problems = [...problemsOfUnread(query, PARAMETERS)];
  const state = labStateFromQuery(query, (sentence) => problems.push(sentence));
  const lab = labModel(state);
  const count = (what: string, given: number | undefined, needed: number, isUsed: boolean): void => {
    if (!isUsed || given === needed) return;
    problems.push(
      `The link holds ${given ?? 0} ${what}, and there are ${needed}: ${(given ?? 0) < needed ? 'the others are 0' : 'the rest is not used'}.`,
    );
  };
  count('values of the input', state.input?.length, lab.input.length, state.inputFill === 'custom');
  count('values of the kernel', state.kernel?.length, lab.weight.length, state.kernelFill === 'custom');
  count('biases', state.biases?.length, state.outChannels, state.bias && state.biases !== undefined);
  const [channels, height, width] = lab.output?.shape ?? [undefined, undefined, undefined];
  const shown = chosenPlace(state, lab);
  const place = (what: string, asked: number, size: number | undefined, instead: number): void => {
    if (size === undefined || asked < size) return;
    problems.push(`There is no ${what} ${asked}: the last is ${size - 1}. ${instead} is shown.`);
  };
  place('output channel', state.outChannel, channels, shown.outChannel);
  place('output y', state.y, height, shown.y);
  place('output x', state.x, width, shown.x);
  place('input y', state.inputY, state.inputHeight, state.inputHeight - 1);
  place('input x', state.inputX, state.inputWidth, state.inputWidth - 1);
  const inputY = Math.min(state.inputY, state.inputHeight - 1);
  const inputX = Math.min(state.inputX, state.inputWidth - 1);
  return { state: { ...state, ...(lab.output ? shown : {}), inputY, inputX }, problems };
}
