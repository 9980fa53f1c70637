/** Shown while the log directory holds no run: how to get one. */
import { type ReactNode, useState } from 'react';
import { useRuns } from '../runs/runs-context.js';
import { copyText } from '../ui/copy-text.js';
import { Icon } from '../ui/icons.js';
import { useStore } from '../ui/store.js';
import { OpenFiles } from './open-files.js';

const PYTORCH = `from torch.utils.tensorboard import SummaryWriter
w = SummaryWriter("LOGDIR/my-run")

w.add_scalar("train/loss", loss, step)
w.add_tensor("conv1/output", maps[0].detach().cpu(), step)  # [C, H, W]
w.flush()`;

/** What the logdir holds and is not shown. */
const MOST_NOTICES = 3;
const NO_NOTICES: readonly string[] = [];

const PARTS = /(#.*$)|("[^"]*")|\b(from|import)\b|\b(\d+)\b/gm;
const KINDS = ['comment', 'string', 'keyword', 'number'] as const;

/** Highlights comments, strings, keywords and numbers: enough for the example above. */
function coloured(text: string): ReactNode[] {
  const nodes: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(PARTS)) {
    const kind = KINDS[match.slice(1).findIndex((part) => part !== undefined)];
    nodes.push(
      text.slice(from, match.index),
      <span key={match.index} className={kind}>
        {match[0]}
      </span>,
    );
    from = match.index + match[0].length;
  }
  return [...nodes, text.slice(from)];
}

function Code({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="code">
      <pre tabIndex={0}>{coloured(text)}</pre>
      <button
        type="button"
        className="button quiet icon-only"
        aria-label={label}
        onClick={() => {
          void copyText(text).then(setCopied);
        }}
      >
        <Icon name={copied ? 'check' : 'copy'} />
      </button>
    </div>
  );
}

/** `note`: what the page that waits for a run has to say. */
export function EmptyPage({ note }: { readonly note?: ReactNode }) {
  const runs = useRuns();
  const logdir = useStore(runs.list, (list) => list?.logdir) ?? './runs';
  const notices = useStore(runs.list, (list) => list?.notices) ?? NO_NOTICES;
  // Several logdirs are named, and none of them is a folder to write into here.
  const folder = /^\w[\w. -]*=/.test(logdir) ? 'LOGDIR' : logdir;
  return (
    <div className="empty">
      <aside className="rail only-wide" aria-label="Runs">
        <div className="rail-head">
          <h2 className="heading" style={{ letterSpacing: '.02em' }}>
            Runs
          </h2>
          <span className="micro">0</span>
        </div>
        <p className="small faint" style={{ padding: '0 12px' }}>
          A run appears here by itself, within a second of its first record.
        </p>
        <span className="grow" />
        <div className="section small muted">
          <h2 className="heading">Log directory</h2>
          <div className="mono" style={{ overflowWrap: 'anywhere' }}>
            {logdir}
          </div>
        </div>
      </aside>
      <main>
        {note}
        {notices.slice(0, MOST_NOTICES).map((sentence) => (
          <p key={sentence} className="notice is-warn" role="status" data-notices>
            {sentence}
          </p>
        ))}
        <div style={{ maxWidth: 888, marginTop: notices.length > 0 ? 24 : 0 }}>
          <h2>Nothing logged yet</h2>
          <p className="muted" style={{ margin: '4px 0 28px', maxWidth: 560 }}>
            Begin in one of two ways. This page changes to the first run as soon as there is one; nothing to
            reload.
          </p>
          <section className="way">
            <span className="faint" style={{ fontSize: 15 }}>
              1
            </span>
            <div>
              <h3>Train here</h3>
              <p className="small muted" style={{ marginTop: 4 }}>
                A small conv net on CIFAR-10, with losses and feature maps from the first step. The first
                start downloads the pictures.
              </p>
            </div>
            <Code text="npm start" label="Copy the command" />
          </section>
          <section className="way" style={{ borderBottom: '1px solid var(--line)' }}>
            <span className="faint" style={{ fontSize: 15 }}>
              2
            </span>
            <div>
              <h3>Log from PyTorch</h3>
              <p className="small muted" style={{ marginTop: 4 }}>
                Any SummaryWriter. A [C, H, W] tensor opens as a channel grid; no library of ours is needed.
              </p>
            </div>
            <Code text={PYTORCH.replace('LOGDIR', folder)} label="Copy the program" />
          </section>
          <p className="small muted" style={{ paddingTop: 16 }}>
            Or open event files from this computer, here or by dropping them on the page. They are not
            uploaded.
          </p>
          <OpenFiles />
          <p className="small muted" style={{ paddingTop: 16 }}>
            Run here but nothing shows? <span className="mono">npm run convscope -- doctor</span>
          </p>
        </div>
      </main>
    </div>
  );
}
