import { CSPProvider } from '@base-ui/react/csp-provider';
import { Menu as BaseMenu } from '@base-ui/react/menu';
import { type ReactNode, useRef } from 'react';
import './button.css';
import './select.css';

export interface MenuItem {
  readonly text: ReactNode;
  readonly disabled?: boolean;
  /** Whether it opens something that takes the focus, which otherwise goes back to the button. */
  readonly movesFocus?: boolean;
  readonly onChoose: () => void;
}

/** A button that opens a list of actions. */
export function Menu(props: {
  readonly label: string;
  readonly children: ReactNode;
  readonly defaultOpen?: boolean;
  /** Groups of items, with a line between them. */
  readonly items: readonly (readonly MenuItem[])[];
}) {
  const keepsFocus = useRef(true);
  const groups = props.items.filter((items) => items.length > 0);
  return (
    // The Content-Security-Policy of the page forbids <style> elements.
    <CSPProvider disableStyleElements>
      <BaseMenu.Root modal={false} defaultOpen={props.defaultOpen === true}>
        <BaseMenu.Trigger className="button quiet icon-only" aria-label={props.label} title={props.label}>
          {props.children}
        </BaseMenu.Trigger>
        <BaseMenu.Portal>
          <BaseMenu.Positioner className="popup-place" align="end" sideOffset={4} collisionPadding={8}>
            <BaseMenu.Popup
              className="popup options"
              data-takes-keys=""
              finalFocus={() => keepsFocus.current}
            >
              {groups.map((items, group) => (
                <BaseMenu.Group key={group} className="menu-group">
                  {items.map((item, at) => (
                    <BaseMenu.Item
                      key={at}
                      className="option menu-item"
                      disabled={item.disabled === true}
                      onClick={() => {
                        keepsFocus.current = item.movesFocus !== true;
                        item.onChoose();
                      }}
                    >
                      {item.text}
                    </BaseMenu.Item>
                  ))}
                </BaseMenu.Group>
              ))}
            </BaseMenu.Popup>
          </BaseMenu.Positioner>
        </BaseMenu.Portal>
      </BaseMenu.Root>
    </CSPProvider>
  );
}
