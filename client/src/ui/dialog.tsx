import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import './button.css';
import './dialog.css';

/** A modal dialog. Escape, its button and a click outside close it; the focus then returns to where it was. */
export function Dialog(props: {
  readonly open: boolean;
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}) {
  return (
    <BaseDialog.Root
      open={props.open}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="backdrop" />
        <BaseDialog.Popup className="dialog" data-takes-keys="">
          <BaseDialog.Title className="title dialog-title">{props.title}</BaseDialog.Title>
          {props.children}
          <div className="dialog-foot">
            <BaseDialog.Close className="button">Close</BaseDialog.Close>
          </div>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
