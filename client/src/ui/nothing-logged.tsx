/** Stands in the place of what was not logged: which call logs it. */
import type { ReactNode } from 'react';
import './nothing-logged.css';

export function NothingLogged(props: {
  readonly what: string;
  readonly line: string;
  /** What else there is to say. */
  readonly children?: ReactNode;
}) {
  const { what, line, children } = props;
  return (
    <div className="nothing-logged">
      <p className="medium">The chosen runs have logged no {what}</p>
      <p className="small muted">What is logged with PyTorch's SummaryWriter appears here by itself:</p>
      <pre className="mono" tabIndex={0}>
        {line}
      </pre>
      <p className="small muted">{children}</p>
    </div>
  );
}
