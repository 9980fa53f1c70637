import { useLayoutEffect } from 'react';
import { noteWaiting, setComplete } from './diagnostics.js';

/** Says in the diagnostics that a part of the page waits for something to come. */
export function useWaiting(isWaiting: boolean): void {
  useLayoutEffect(() => (isWaiting ? noteWaiting() : undefined), [isWaiting]);
}

/** For pages whose parts say by themselves that they wait. */
export function useCompleteWhenNothingWaits(): void {
  useLayoutEffect(() => setComplete(true), []);
}
