/** Chooses the pictures of which maps are captured: of the test set, by number or class, or of the user's. */

import { messageOf } from '@convscope/shared/message-of.js';
import {
  CONTROL_LIMITS,
  type ControlRequest,
  type TrainerState,
} from '@convscope/shared/protocol/control.js';
import { useLayoutEffect, useRef, useState } from 'react';
import { Button } from '../../../ui/button.js';
import { focusBeside } from '../../../ui/focus-beside.js';
import { plural } from '../../../ui/format.js';
import { Icon } from '../../../ui/icons.js';
import { Select } from '../../../ui/select.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { expectedCost } from './capture-cost-text.js';
import { keptPerRun } from './kept-per-run.js';
import { useTrainer } from './trainer-link.js';
import { readUploadedPicture, type UploadedPicture } from './uploaded-picture.js';

type Probe = (ControlRequest & { ask: 'probes' })['probes'][number];
interface Chosen {
  readonly key: number;
  readonly name: string;
  readonly probe: Probe;
  readonly picture?: UploadedPicture;
}

const MOST = CONTROL_LIMITS.probes;
let nextKey = 0;

/** The panel may be closed and opened again before they are captured. */
const useChosen = keptPerRun<readonly Chosen[]>([]);

export function ProbeChooser({ state, mayAsk }: { state: TrainerState; mayAsk: boolean }) {
  const trainer = useTrainer();
  const app = useRunPage();
  const run = useStore(app.run, (one) => one?.run ?? '');
  const [chosen, changeChosen] = useChosen(run);
  const [index, setIndex] = useState('');
  const [problem, setProblem] = useState<string>();
  const file = useRef<HTMLInputElement>(null);
  const uploadButton = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const isFull = chosen.length >= MOST;
  const add = (name: string, probe: Probe, picture?: UploadedPicture): void => {
    setProblem(undefined);
    const one = { key: nextKey++, name, probe, ...(picture === undefined ? {} : { picture }) };
    changeChosen((before) => (before.length >= MOST ? before : [...before, one]));
  };
  const addIndex = (): void => {
    const number = Number(index);
    if (!/^\d+$/.test(index.trim()) || number >= state.testPictures) {
      setProblem(`Test pictures are numbered from 0 to ${state.testPictures - 1}.`);
      return;
    }
    add(`test picture ${number}`, { index: number });
    setIndex('');
  };
  const upload = async (files: readonly File[]): Promise<void> => {
    const room = MOST - chosen.length;
    const problems: string[] = [];
    for (const one of files.slice(0, room)) {
      try {
        const picture = await readUploadedPicture(one, state.side);
        add(picture.name, picture, picture);
      } catch (error) {
        problems.push(messageOf(error));
      }
    }
    if (files.length > room)
      problems.push(`${plural(files.length - room, 'picture')} left out: ${MOST} can be captured at a time.`);
    if (problems.length > 0) setProblem(problems.join(' '));
  };
  return (
    <section className="ask-section" aria-label="Probe pictures of captures">
      <h3 className="heading">
        Probes <span className="micro">{state.probes.map(({ name }) => name).join(', ')}</span>
      </h3>
      <div className="row ask-line">
        <label className="small ask-field">
          test picture
          <input
            type="text"
            inputMode="numeric"
            className="ask-index"
            value={index}
            onChange={(event) => setIndex(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') addIndex();
            }}
          />
        </label>
        <Button disabled={isFull || index.trim() === ''} onClick={addIndex}>
          Add
        </Button>
        <Select<number>
          label="Add a test picture of a class"
          look="boxed"
          value={-1}
          options={[[-1, 'of a class'], ...state.classes.map((name, label) => [label, name] as const)]}
          onChange={(label) => {
            if (label >= 0 && !isFull) add(`first ${state.classes[label]}`, { class: label });
          }}
        />
        <Button ref={uploadButton} disabled={isFull} onClick={() => file.current?.click()}>
          Upload
        </Button>
        <input
          ref={file}
          type="file"
          className="sr"
          tabIndex={-1}
          aria-label="Upload pictures"
          accept="image/png,image/jpeg"
          multiple
          onChange={(event) => {
            void upload([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </div>
      {chosen.length > 0 && (
        <ul ref={list} className="ask-chosen">
          {chosen.map(({ key, name, picture }) => (
            <li key={key} className="small">
              {picture !== undefined && <Preview picture={picture} side={state.side} />}
              <span className="ellipsis">{name}</span>
              <Button
                quiet
                iconOnly
                aria-label={`Leave out ${name}`}
                onClick={({ currentTarget }) => {
                  focusBeside(
                    currentTarget,
                    list.current?.querySelectorAll('button') ?? [],
                    uploadButton.current,
                  );
                  setProblem(undefined);
                  changeChosen((before) => before.filter((one) => one.key !== key));
                }}
              >
                <Icon name="close" />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <p
        className={problem === undefined ? 'micro' : 'micro is-bad'}
        role={problem === undefined ? undefined : 'alert'}
      >
        {problem ??
          (chosen.length === 0
            ? `Up to ${MOST} pictures. Pictures of yours (PNG, JPEG) are cropped to a square of ${state.side} × ${state.side} pixels here, and only these pixels are sent.`
            : expectedCost(state.cost, state.settings, 0))}
      </p>
      <Button
        disabled={!mayAsk || chosen.length === 0}
        onClick={() => {
          const probes = chosen.map(({ probe }) => probe);
          void trainer.ask({ ask: 'probes', probes }).then(({ isBad }) => {
            if (isBad) return;
            setProblem(undefined);
            changeChosen(() => []);
            app.show({ probe: 0 });
          });
        }}
      >
        Capture {chosen.length === 0 ? 'other pictures' : plural(chosen.length, 'picture')} from now on
      </Button>
    </section>
  );
}

function Preview({ picture, side }: { picture: UploadedPicture; side: number }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = ref.current?.getContext('2d');
    if (!context) return;
    const data = context.createImageData(side, side);
    for (let at = 0; at < side * side; at++) {
      for (let c = 0; c < 3; c++) data.data[4 * at + c] = picture.pixels[3 * at + c]!;
      data.data[4 * at + 3] = 255;
    }
    context.putImageData(data, 0, 0);
  }, [picture, side]);
  return (
    <canvas
      ref={ref}
      className="ask-preview"
      width={side}
      height={side}
      role="img"
      aria-label={`${picture.name} as the net gets it`}
    />
  );
}
