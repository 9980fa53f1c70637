import { CSPProvider } from '@base-ui/react/csp-provider';
import { Select as BaseSelect } from '@base-ui/react/select';
import { memo, type ReactNode } from 'react';
import { Icon } from './icons.js';
import { useSameOptions } from './use-same-options.js';
import { useStable } from './use-stable.js';
import './select.css';

interface SelectProps<T extends string | number> {
  readonly label: string;
  readonly text?: ReactNode;
  readonly value: T;
  readonly options: readonly (readonly [value: T, text: string])[];
  readonly look?: 'plain' | 'tiny' | 'boxed';
  readonly title?: string | undefined;
  readonly onChange: (value: T) => void;
}

/** A choice from a list. Looks like text, "sort **index** ⌄", or like a field when `look` is "boxed". */
export function Select<T extends string | number>(props: SelectProps<T>) {
  const [options, onChange] = [useSameOptions(props.options), useStable(props.onChange)];
  return <Shown<T> {...props} options={options} onChange={onChange} />;
}

/** The parts of the control library take a millisecond to render: they do when something of the choice has changed. */
const Shown = memo(ShownSelect) as typeof ShownSelect;

function ShownSelect<T extends string | number>(props: SelectProps<T>) {
  const { label, text, value, options, look = 'plain', title, onChange } = props;
  return (
    // The Content-Security-Policy of the page forbids <style> elements.
    <CSPProvider disableStyleElements>
      <BaseSelect.Root<T>
        modal={false}
        items={options.map(([one, name]) => ({ value: one, label: name }))}
        value={value}
        onValueChange={(next) => {
          if (next !== null) onChange(next);
        }}
      >
        <BaseSelect.Trigger className={`select ${look}`} aria-label={label} title={title} data-takes-keys="">
          {text}
          <b>
            {/* Its own text would not pass through the page's JSX, which shows what turns its direction. */}
            <BaseSelect.Value>
              {(shown: T) => <>{options.find(([one]) => one === shown)?.[1]}</>}
            </BaseSelect.Value>
          </b>
          <Icon name="chevron" />
        </BaseSelect.Trigger>
        <BaseSelect.Portal>
          <BaseSelect.Positioner
            className="popup-place"
            alignItemWithTrigger={false}
            align="start"
            sideOffset={4}
            collisionPadding={8}
          >
            <BaseSelect.Popup className="popup" data-takes-keys="">
              <BaseSelect.List className="options" aria-label={label}>
                {options.map(([one, name]) => (
                  <BaseSelect.Item key={one} className="option" value={one}>
                    <BaseSelect.ItemIndicator className="option-mark">
                      <Icon name="check" />
                    </BaseSelect.ItemIndicator>
                    <BaseSelect.ItemText>{name}</BaseSelect.ItemText>
                  </BaseSelect.Item>
                ))}
              </BaseSelect.List>
            </BaseSelect.Popup>
          </BaseSelect.Positioner>
        </BaseSelect.Portal>
      </BaseSelect.Root>
    </CSPProvider>
  );
}
