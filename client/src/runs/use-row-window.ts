/** A long list of rows of the same height, of which only those in view are rendered, with one row that Tab stops at. */
import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { Size } from '../ui/use-size.js';

/** Rows that are rendered above and below those that can be seen. */
const SPARE_ROWS = 4;
/** Before the list has been measured. */
const FIRST_ROWS = 20;

export interface RowWindowOptions {
  /** The element that scrolls, and its size. */
  readonly boxRef: RefObject<HTMLElement | null>;
  readonly size: Size;
  /** The names of all rows, in order. */
  readonly rows: readonly string[];
  readonly rowHeight: number;
  /** The height of what stays above the rows when the list is scrolled. */
  readonly headHeight?: number;
  /** The row that is shown by the page, which is scrolled into view when it changes. */
  readonly selected: string | undefined;
  /** Called when the keyboard has moved the focus; `extends` if Shift was held. */
  readonly onMove?: (row: string, from: string | undefined, extendsIt: boolean) => void;
}

/**
 * The element that scrolls needs the handlers; each row `data-run` and `data-at`, and one or more controls with
 * a class of CONTROLS.
 */
export function useRowWindow(options: RowWindowOptions) {
  const { boxRef, size, rows, rowHeight, headHeight = 0, selected, onMove } = options;
  const [first, setFirst] = useState(0);
  const [focused, setFocused] = useState<string | undefined>(undefined);
  const toFocus = useRef<Control | undefined>(undefined);

  const selectedAt = selected === undefined ? -1 : rows.indexOf(selected);
  const focusedAt = focused === undefined ? -1 : rows.indexOf(focused);
  const stop = focusedAt >= 0 ? focusedAt : Math.max(0, selectedAt);
  const seen = size.height === 0 ? FIRST_ROWS : Math.ceil((size.height - headHeight) / rowHeight) + 1;
  // After a filter the list may be shorter than it was scrolled.
  const top = Math.max(0, Math.min(first, rows.length - seen));
  const from = Math.max(0, top - SPARE_ROWS);
  const to = Math.min(rows.length, top + seen + SPARE_ROWS);
  const rendered = Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
  // Tab must find the row that it stops at, wherever the list is scrolled to.
  if (rows.length > 0 && !rendered.includes(stop)) rendered.push(stop);

  const reveal = (at: number): void => {
    const box = boxRef.current;
    if (box === null || at < 0) return;
    const rowTop = at * rowHeight;
    const room = box.clientHeight - headHeight;
    if (rowTop < box.scrollTop) box.scrollTop = rowTop;
    else if (rowTop + rowHeight > box.scrollTop + room) box.scrollTop = rowTop + rowHeight - room;
  };
  const isInView = (at: number): boolean => {
    const box = boxRef.current;
    if (box === null || at < 0) return false;
    const rowTop = at * rowHeight;
    return rowTop < box.scrollTop + size.height - headHeight && rowTop + rowHeight > box.scrollTop;
  };
  const wasInView = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run is shown, wherever the user has scrolled
  useEffect(() => {
    wasInView.current = true;
    reveal(selectedAt);
  }, [selected]);
  // The list gets lower when something is shown below it, and its rows move when runs come and go. The user may have
  // scrolled away from the selected one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    if (wasInView.current) reveal(selectedAt);
  }, [selectedAt, size.height, rowHeight]);
  useLayoutEffect(() => {
    const control = toFocus.current;
    toFocus.current = undefined;
    if (control === undefined) return;
    const row = boxRef.current?.querySelector(`[data-at="${stop}"]`);
    // A row may lack a control: the selected run has no square to press.
    const target =
      row?.querySelector<HTMLElement>(`button.${control}`) ?? row?.querySelector<HTMLElement>('.cover');
    target?.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!(event.target instanceof HTMLElement) || event.target.closest('[data-at]') === null) return;
    const page = Math.max(1, seen - 2);
    const next = {
      ArrowDown: stop + 1,
      ArrowUp: stop - 1,
      PageDown: stop + page,
      PageUp: stop - page,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(rows.length - 1, next));
    const { classList } = event.target;
    toFocus.current = CONTROLS.find((control) => classList.contains(control)) ?? 'cover';
    reveal(at);
    const row = rows[at];
    setFocused(row);
    if (row !== undefined) onMove?.(row, rows[stop], event.shiftKey);
  };
  return {
    rendered,
    stop,
    selectedAt,
    onKeyDown,
    onScroll: (event: { readonly currentTarget: HTMLElement }) => {
      wasInView.current = isInView(selectedAt);
      setFirst(Math.floor(event.currentTarget.scrollTop / rowHeight));
    },
    onFocus: ({ target }: FocusEvent<HTMLElement>) => {
      const row = target.closest<HTMLElement>('[data-run]')?.dataset['run'];
      if (row !== undefined) setFocused(row);
    },
  };
}

const CONTROLS = ['swatch', 'row-menu', 'cover'] as const;
type Control = (typeof CONTROLS)[number];
