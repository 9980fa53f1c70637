/** Stands in the place of what was not logged: which call logs it. */
import './nothing-logged.css';

export function NothingLogged({ what, line }: { readonly what: string; readonly line: string }) {
  return (
    <div className="nothing-logged">
      <p className="medium">The chosen runs have logged no {what}</p>
      <p className="small muted">What is logged with PyTorch's SummaryWriter appears here by itself:</p>
      <pre className="mono" tabIndex={0}>
        {line}
      </pre>
    </div>
  );
}
