import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { type ReactNode, useRef } from 'react';
import './button.css';
import './dialog.css';

/**
 * A modal dialog. Escape, its button and a click outside close it; the focus then returns to where it was. `action` does what
 * the dialog asks about. The focus is then on the button that does not, so that a key that is pressed twice does nothing.
 */
export function Dialog(props: {
  readonly open: boolean;
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
  readonly onClose: () => void;
}) {
  const close = useRef<HTMLButtonElement>(null);
  const asks = props.action !== undefined;
  return (
    <BaseDialog.Root
      open={props.open}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="backdrop" />
        <BaseDialog.Popup className="dialog" data-takes-keys="" {...(asks ? { initialFocus: close } : {})}>
          <BaseDialog.Title className="title dialog-title">{props.title}</BaseDialog.Title>
          {props.children}
          <div className="dialog-foot">
            {props.action}
            <BaseDialog.Close ref={close} className="button">
              {asks ? 'Cancel' : 'Close'}
            </BaseDialog.Close>
          </div>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
