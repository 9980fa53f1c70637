import { Toggle as BaseToggle } from '@base-ui/react/toggle';

export interface ToggleProps extends Omit<BaseToggle.Props<string>, 'onPressedChange' | 'onChange'> {
  readonly pressed: boolean;
  readonly onChange: (pressed: boolean) => void;
}

/** A button that is pressed or not. It has no styles of its own. */
export function Toggle({ onChange, ...props }: ToggleProps) {
  return <BaseToggle onPressedChange={(pressed) => onChange(pressed)} {...props} />;
}
