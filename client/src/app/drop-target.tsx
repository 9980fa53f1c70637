/** Event files and folders that are dropped anywhere on the page are opened, without an upload. */
import { messageOf } from '@convscope/shared/message-of.js';
import { useEffect, useState } from 'react';
import type { OpenedLog } from '../sources/file-source/log-service.js';
import { droppedLog } from './found-files.js';
import './drop-target.css';

export function DropTarget({ onLog }: { readonly onLog: (log: OpenedLog) => Promise<void> }) {
  const [isOver, setOver] = useState(false);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      // Also told when the pointer goes from one element of the page to another.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      const { dataTransfer } = event;
      // A part of the page may take pictures of its own.
      if (dataTransfer === null || !hasFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      setOver(false);
      setProblem(undefined);
      const open = async () => {
        const log = await droppedLog(dataTransfer);
        if (log === undefined) setProblem('There is no event file in what was dropped.');
        else await onLog(log);
      };
      open().catch((error: unknown) => setProblem(`What was dropped cannot be read: ${messageOf(error)}`));
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [onLog]);
  if (problem !== undefined)
    return (
      <div className="toast" role="alert">
        {problem}{' '}
        <button type="button" onClick={() => setProblem(undefined)}>
          Close
        </button>
      </div>
    );
  if (!isOver) return null;
  return (
    <div className="drop-target" aria-hidden="true">
      <p>Drop event files or a folder of them to open them here. Nothing is uploaded.</p>
    </div>
  );
}
