import { Component, type ReactNode } from 'react';
import { Button } from './button.js';

/** What is missing comes by itself: there is nothing to do but wait. */
export class ComesByItselfError extends Error {
  override name = 'ComesByItselfError';
}

/** Shows what went wrong and what to do when a page fails to render. React offers this only to classes. */
export class ErrorBoundary extends Component<
  { readonly children: ReactNode },
  { readonly error: Error | undefined }
> {
  override state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { readonly error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <main className="no-maps" role="alert">
        <p className="is-bad">This page cannot be drawn: {error.message}</p>
        {!(error instanceof ComesByItselfError) && (
          <>
            <p className="small muted">
              Nothing is lost: the log is as it was. Reload the page; if it fails again, please report it.
            </p>
            <Button style={{ marginTop: 12 }} onClick={() => location.reload()}>
              Reload
            </Button>
          </>
        )}
      </main>
    );
  }
}
