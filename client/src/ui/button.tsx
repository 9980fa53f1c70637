import { Button as BaseButton } from '@base-ui/react/button';
import './button.css';

export interface ButtonProps extends Omit<BaseButton.Props, 'className'> {
  /** Without a border. */
  readonly quiet?: boolean;
  /** A square that holds one icon: give it an aria-label. */
  readonly iconOnly?: boolean;
  readonly className?: string;
}

export function Button({ quiet, iconOnly, className, ...props }: ButtonProps) {
  const classes = ['button', quiet && 'quiet', iconOnly && 'icon-only', className];
  return <BaseButton className={classes.filter(Boolean).join(' ')} {...props} />;
}
