import { CSPProvider } from '@base-ui/react/csp-provider';
import { Popover as BasePopover } from '@base-ui/react/popover';
import type { ReactNode } from 'react';
import './button.css';
import './popover.css';

/** A button that opens a panel beside it. The page stays usable; Escape and a click elsewhere close the panel. */
export function Popover(props: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** What the button says, and its tooltip. */
  readonly button: ReactNode;
  readonly hint: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    // The Content-Security-Policy of the page forbids <style> elements.
    <CSPProvider disableStyleElements>
      <BasePopover.Root open={props.open} onOpenChange={props.onOpenChange}>
        <BasePopover.Trigger
          className={['button quiet', props.className].filter(Boolean).join(' ')}
          title={props.hint}
        >
          {props.button}
        </BasePopover.Trigger>
        <BasePopover.Portal>
          <BasePopover.Positioner className="popup-place" align="end" sideOffset={4} collisionPadding={8}>
            <BasePopover.Popup className="popover">
              <div className="row popover-head">
                <BasePopover.Title className="title">{props.title}</BasePopover.Title>
                <span className="grow" />
                <BasePopover.Close className="button quiet">Close</BasePopover.Close>
              </div>
              {props.children}
            </BasePopover.Popup>
          </BasePopover.Positioner>
        </BasePopover.Portal>
      </BasePopover.Root>
    </CSPProvider>
  );
}
