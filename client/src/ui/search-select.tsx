import { Combobox } from '@base-ui/react/combobox';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { memo } from 'react';
import { Icon } from './icons.js';
import { useStable } from './use-stable.js';
import './search-field.css';
import './select.css';

/** More matches than these are not listed: the field narrows them down. */
const MOST_LISTED = 100;

interface SearchSelectProps {
  readonly label: string;
  readonly value: string;
  /** All values, in the order in which they are listed. */
  readonly values: readonly string[];
  readonly nameOf: (value: string) => string;
  readonly onChange: (value: string) => void;
  readonly defaultOpen?: boolean;
  /** Called when the list is closed, with a choice or without. */
  readonly onClose?: () => void;
}

/** A choice from a list of any length, which a text narrows down. Lists that are the same array are not rendered again. */
export function SearchSelect(props: SearchSelectProps) {
  const { onChange, onClose } = props;
  return <Shown {...props} onChange={useStable(onChange)} onClose={useStable(() => onClose?.())} />;
}

const Shown = memo(function ShownSearchSelect(props: SearchSelectProps) {
  const { label, value, values, nameOf, onChange, defaultOpen = false, onClose } = props;
  const more = values.length - MOST_LISTED;
  return (
    // The Content-Security-Policy of the page forbids <style> elements.
    <CSPProvider disableStyleElements>
      <Combobox.Root<string>
        items={values}
        limit={MOST_LISTED}
        autoHighlight
        defaultOpen={defaultOpen}
        onOpenChange={(open) => {
          if (!open) onClose?.();
        }}
        itemToStringLabel={nameOf}
        value={value}
        onValueChange={(next) => {
          if (next !== null) onChange(next);
        }}
      >
        <Combobox.Trigger
          className="select boxed"
          aria-label={label}
          title={nameOf(value)}
          data-takes-keys=""
        >
          <b>{nameOf(value)}</b>
          <Icon name="chevron" />
        </Combobox.Trigger>
        <Combobox.Portal>
          <Combobox.Positioner className="popup-place" align="start" sideOffset={4} collisionPadding={8}>
            <Combobox.Popup className="popup search-popup" data-takes-keys="" aria-label={label}>
              <div className="search-field">
                <Icon name="search" />
                <Combobox.Input placeholder="Search" aria-label={`Search: ${label}`} />
              </div>
              <Combobox.Empty className="search-note">
                <p>No name contains this.</p>
              </Combobox.Empty>
              <Combobox.List className="options">
                {(one: string) => (
                  <Combobox.Item key={one} className="option" value={one}>
                    <Combobox.ItemIndicator className="option-mark">
                      <Icon name="check" />
                    </Combobox.ItemIndicator>
                    <span>{nameOf(one)}</span>
                  </Combobox.Item>
                )}
              </Combobox.List>
              {more > 0 && (
                <p className="micro search-note">
                  {values.length} in all. At most {MOST_LISTED} are listed.
                </p>
              )}
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
    </CSPProvider>
  );
});
