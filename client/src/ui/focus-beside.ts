/**
 * Keeps the focus near a control that goes away by its own click, which would leave it nowhere: moves it to the next of the
 * same controls, or to the one before, or else to `otherwise`. Call it while the control is still there.
 */
export function focusBeside(
  leaving: HTMLElement,
  same: Iterable<HTMLElement>,
  otherwise: HTMLElement | null | undefined,
): void {
  const all = [...same];
  const at = all.indexOf(leaving);
  (all[at + 1] ?? all[at - 1] ?? otherwise)?.focus();
}
