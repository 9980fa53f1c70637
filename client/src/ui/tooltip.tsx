/** One tooltip for all canvases. It follows the pointer; moving it re-renders nothing else. */
import { Tooltip as BaseTooltip } from '@base-ui/react/tooltip';
import { useMemo } from 'react';
import { createStore, useStoreValue } from './store.js';
import './tooltip.css';

interface Tip {
  readonly value: string;
  readonly place: string;
  /** The position of the pointer in the window, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Above the position instead of below it. */
  readonly above?: boolean;
  /** Below them, a table of names and values. */
  readonly rows?: readonly (readonly [name: string, value: string])[];
}

const tip = createStore<Tip | undefined>(undefined);

export function showTip(next: Tip | undefined): void {
  tip.set(next);
}

export function Tooltip() {
  const shown = useStoreValue(tip);
  const { x = 0, y = 0 } = shown ?? {};
  const pointer = useMemo(() => ({ getBoundingClientRect: () => new DOMRect(x, y, 0, 0) }), [x, y]);
  if (shown === undefined) return null;
  return (
    <BaseTooltip.Root open disableHoverablePopup>
      <BaseTooltip.Portal>
        <BaseTooltip.Positioner
          className="tooltip-place"
          anchor={pointer}
          side={shown.above === true ? 'top' : 'bottom'}
          align="start"
          sideOffset={shown.above === true ? 4 : 16}
          alignOffset={14}
          positionMethod="fixed"
        >
          <BaseTooltip.Popup className="tooltip">
            <b className="strong">{shown.value}</b> <span className="faint">{shown.place}</span>
            {shown.rows !== undefined && (
              <dl className="tooltip-rows">
                {shown.rows.map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            )}
          </BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  );
}
