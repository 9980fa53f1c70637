import { type ReactNode, useState } from 'react';
import { Button } from '../../../ui/button.js';
import { Icon } from '../../../ui/icons.js';
import { lazily } from '../../../ui/lazily.js';
import type { Taken } from './open-take-menu.js';

/** The button as it is before its menu has been loaded. */
function TakeButton({
  label,
  onPress,
}: {
  readonly label: string;
  readonly onPress?: () => void;
}): ReactNode {
  return (
    <Button quiet iconOnly aria-label={label} title={label} aria-haspopup="menu" onClick={onPress}>
      <Icon name="more" />
    </Button>
  );
}

const OpenTakeMenu = lazily(
  () => import('./open-take-menu.js').then((module) => module.OpenTakeMenu),
  <TakeButton label="Take away" />,
);

/** Files and text of what a pane shows. `taken` is asked for when something is chosen. */
export function TakeMenu({
  pane,
  taken,
}: {
  readonly pane: string;
  readonly taken: () => Taken | undefined;
}) {
  const [isPressed, setPressed] = useState(false);
  const label = `Take away ${pane}`;
  if (!isPressed) return <TakeButton label={label} onPress={() => setPressed(true)} />;
  return <OpenTakeMenu label={label} taken={taken} />;
}
