import { messageOf } from '@convscope/shared/message-of.js';
import { useEffect, useState } from 'react';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { downloadBlob } from '../ui/download.js';
import { useRuns } from './runs-context.js';
import './export-dialog.css';

/** Until typing rests. */
const REST_MS = 300;

const FIELDS = [
  ['steps', 'Steps', 'all, or 0,10,100-200:10'],
  ['layers', 'Layers', 'all, or conv1,conv2'],
  ['probes', 'Probes', 'all, or 0,3'],
] as const;

type Choice = Readonly<Record<(typeof FIELDS)[number][0], string>>;

/** Saves a run as one HTML file, all of it or some captures. How large the file is at most is said first. */
export function ExportDialog({ run, onClose }: { readonly run: string; readonly onClose: () => void }) {
  const { source } = useRuns();
  const [choice, setChoice] = useState<Choice>({ steps: '', layers: '', probes: '' });
  const [said, setSaid] = useState<{ readonly text: string; readonly isBad?: boolean }>(MEASURING);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    setSaid(MEASURING);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      source.exportSize(run, requestOf(choice), abort.signal).then(
        ({ most, gaps }) =>
          setSaid({
            text: `At most ${megabytes(most)}.${gaps > 0 ? ` ${gaps} damaged parts of the log are left out.` : ''}`,
          }),
        (error: unknown) => {
          if (!abort.signal.aborted) setSaid({ text: messageOf(error), isBad: true });
        },
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [source, run, choice]);
  const save = async () => {
    setBusy(true);
    try {
      const blob = await source.exportRun(run, requestOf(choice), new AbortController().signal);
      downloadBlob(`${run}.html`, blob);
      setSaid({ text: `Saved ${megabytes(blob.size)}.` });
    } catch (error) {
      setSaid({ text: messageOf(error), isBad: true });
    }
    setBusy(false);
  };
  return (
    <Dialog open title={`Export ${run}`} onClose={onClose}>
      <p className="muted">
        One HTML file that opens from disk, without a server or network: scrubbing, inspecting and curves work
        in it. Curves and texts are always part of it; captures can be thinned.
      </p>
      {FIELDS.map(([name, label, hint]) => (
        <label key={name} className="export-field">
          {label}
          <input
            type="text"
            className="field"
            value={choice[name]}
            placeholder={hint}
            spellCheck={false}
            onChange={({ target }) => setChoice({ ...choice, [name]: target.value })}
          />
        </label>
      ))}
      <p role="status" className={said.isBad ? 'is-bad' : 'muted'}>
        {said.text}
      </p>
      <Button disabled={isBusy || said.isBad === true} onClick={() => void save()}>
        {isBusy ? 'Saving' : 'Save the file'}
      </Button>
    </Dialog>
  );
}

const MEASURING = { text: 'Measuring how large the file is.' };

function requestOf(choice: Choice): Partial<Choice> {
  return Object.fromEntries(Object.entries(choice).filter(([, text]) => text.trim() !== ''));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
