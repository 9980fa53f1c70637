import { Component, type ReactNode } from 'react';
import { Button } from './button.js';
import './part-boundary.css';

export interface PartBoundaryProps {
  /** What the part is called in a sentence: "The output". */
  readonly name: string;
  /** What the part shows. After a failure, the part is tried again as soon as this changes. */
  readonly of: string;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | undefined;
  readonly of: string;
}

/** When a part of a page cannot be drawn, shows a sentence in its place; the rest of the page goes on. */
export class PartBoundary extends Component<PartBoundaryProps, State> {
  override state: State = { error: undefined, of: this.props.of };

  static getDerivedStateFromError(error: unknown): Pick<State, 'error'> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps({ of }: PartBoundaryProps, state: State): State | null {
    return of === state.of ? null : { error: undefined, of };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div className="failed-part" role="alert">
        <span className="small is-bad">
          {this.props.name} cannot be drawn: {error.message}
        </span>
        <Button onClick={() => this.setState({ error: undefined })}>Try again</Button>
      </div>
    );
  }
}
