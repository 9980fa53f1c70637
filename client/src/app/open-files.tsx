import { messageOf } from '@convscope/shared/message-of.js';
import { type ReactNode, use, useRef, useState } from 'react';
import { Button } from '../ui/button.js';
import { chosenLog } from './found-files.js';
import { OpenLogContext } from './open-log.js';
import './drop-target.css';

/** Buttons with which event files, or a folder of them, are chosen and opened in the page. */
export function OpenFiles(): ReactNode {
  const openLog = use(OpenLogContext);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  const take = ({ files: chosen, value }: HTMLInputElement) => {
    if (value === '') return;
    const log = chosenLog(chosen ?? []);
    if (log === undefined) setProblem('No file was chosen.');
    else
      openLog(log).catch((error: unknown) => setProblem(`The files cannot be opened: ${messageOf(error)}`));
  };
  const input = {
    type: 'file',
    multiple: true,
    hidden: true,
    onChange: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => take(currentTarget),
  } as const;
  return (
    <>
      <p className="open-files">
        <Button onClick={() => folder.current?.click()}>Open a folder</Button>
        <Button onClick={() => files.current?.click()}>Open event files</Button>
        <input
          ref={(element) => {
            folder.current = element;
            if (element !== null) element.webkitdirectory = true;
          }}
          {...input}
          aria-label="A folder of event files"
        />
        <input ref={files} {...input} aria-label="Event files" />
      </p>
      {problem !== undefined && <p className="is-warn">{problem}</p>}
    </>
  );
}
