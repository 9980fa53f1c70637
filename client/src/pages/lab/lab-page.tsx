/**
 * The lab shows one convolution with all of its numbers. It needs no server. Its state is in the hash (`#lab?…`), so that
 * a link restores it.
 */

import { useCallback, useEffect, useMemo, useState } from 'react';
import type { HistoryEffect } from '../../ui/address-writer.js';
import { Button } from '../../ui/button.js';
import './lab.css';
import { setComplete } from '../../ui/diagnostics.js';
import { formatMargin } from '../../ui/format.js';
import { isForPage } from '../../ui/keys.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { Segments } from '../../ui/segments.js';
import { Select } from '../../ui/select.js';
import { useStoreValue } from '../../ui/store.js';
import { INPUT_FILLS, type InputFill, KERNEL_FILLS, type KernelFill } from './fills.js';
import type { LabAddress } from './lab-address.js';
import { chosenPlace, labModel, labTerms } from './lab-model.js';
import { DEFAULT_STATE, type LabState } from './lab-state.js';
import type { Place } from './matrix-paint.js';
import { ParameterControls } from './parameter-controls.js';
import { PICTURES } from './pictures.js';
import { PRESET_GROUPS, PRESETS, presetOf } from './presets.js';
import { SidePanel } from './side-panel.js';
import { Stage } from './stage.js';
import { TermsBar } from './terms-bar.js';
import './lab-narrow.css';

/** The state, a function that changes a part of it, and one that replaces it. Back returns to other outputs and presets. */
function useLabState(
  address: LabAddress,
): [LabState, (change: Partial<LabState>, effect?: HistoryEffect) => void, (state: LabState) => void] {
  const state = useStoreValue(address.state);
  const replace = useCallback((next: LabState) => address.set(next, 'push'), [address]);
  const change = useCallback(
    (part: Partial<LabState>, effect?: HistoryEffect) => {
      const isPlace = 'y' in part || 'x' in part || 'outChannel' in part;
      address.set({ ...address.state.get(), ...part }, effect ?? (isPlace ? 'move' : 'replace'));
    },
    [address],
  );
  return [state, change, replace];
}

export function LabPage({ address }: { readonly address: LabAddress }) {
  useEffect(() => setComplete(true), []);
  const [state, change, replace] = useLabState(address);
  const [hover, setHover] = useState<Place>();
  const [playing, setPlaying] = useState(false);
  const { speed } = state;
  const lab = useMemo(() => labModel(state), [state]);
  const seen = useMemo(() => (hover ? { ...state, y: hover.y, x: hover.x } : state), [state, hover]);
  const pixel = useMemo(() => labTerms(seen, lab), [seen, lab]);
  const place = chosenPlace(seen, lab);
  const [, rows, columns] = lab.output?.shape ?? [1, 1, 1];
  const count = rows * columns;

  const step = useCallback(
    (by: number, effect?: HistoryEffect) => {
      const at = chosenPlace(state, lab);
      const next = (at.y * columns + at.x + by + count) % count;
      change({ y: Math.floor(next / columns), x: next % columns, view: 'forward' }, effect);
    },
    [change, columns, count, lab, state],
  );
  useEffect(() => {
    if (!playing || !lab.output) return;
    const timer = setInterval(() => step(1, 'replace'), 1000 / speed);
    return () => clearInterval(timer);
  }, [playing, speed, step, lab.output]);

  useEffect(() => {
    // Buttons and links handle these keys, and code scrolls by them.
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isForPage(event)) return;
      if (event.target instanceof Element && event.target.matches('input, button, a, summary, pre')) return;
      if (event.key === ' ') setPlaying((now) => !now);
      else if (event.key === 'ArrowRight') step(1);
      else if (event.key === 'ArrowLeft') step(-1);
      else if (event.key === 'ArrowDown') step(columns);
      else if (event.key === 'ArrowUp') step(-columns);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [step, columns]);

  const chosen = presetOf(state);
  const hash = useStoreValue(address.hash);
  return (
    <div className="lab">
      <nav className="lab-presets" aria-label="Presets">
        {PRESET_GROUPS.map(([group, title]) => (
          <section key={group}>
            <h2>{title}</h2>
            {PRESETS.filter((preset) => preset.group === group).map((preset) => (
              <button
                type="button"
                key={preset.name}
                className="lab-preset"
                aria-current={preset === chosen || undefined}
                onClick={() => {
                  setPlaying(false);
                  replace({ ...preset.state, code: state.code, speed });
                }}
              >
                <b>{preset.name}</b>
                <span>{preset.what}</span>
              </button>
            ))}
          </section>
        ))}
      </nav>
      <main className="lab-main">
        <ParameterControls
          state={state}
          change={change}
          refusal={lab.refusal}
          bias={lab.bias}
          outChannel={place.outChannel}
          onReset={() => replace(DEFAULT_STATE)}
        />
        <FillControls state={state} change={change} />
        {state.from && state.inputFill === 'custom' && (
          <p className="lab-from">
            <span>From {state.from}</span>
            {lab.inputBounds !== undefined && (
              <span>
                . It was logged with 8 bits: values with ≈ are within ±{' '}
                {formatMargin(largest(lab.inputBounds))}
              </span>
            )}
          </p>
        )}
        <section
          className="lab-stage-box"
          tabIndex={0}
          aria-label="Sliding window. Arrow keys move it, Space slides it."
        >
          <PartBoundary name="The sliding window" of={hash}>
            <Stage state={seen} lab={lab} pixel={pixel} place={place} change={change} onHover={setHover} />
          </PartBoundary>
        </section>
        <PartBoundary name="The sum" of={hash}>
          <TermsBar
            lab={lab}
            pixel={pixel}
            place={place}
            hasBias={state.bias}
            groups={state.groups}
            slide={{ playing, speed, index: place.y * columns + place.x, count }}
            onPlay={() => setPlaying(!playing)}
            onStep={(by) => {
              setPlaying(false);
              step(by);
            }}
            onSpeed={(next) => change({ speed: next })}
          />
        </PartBoundary>
      </main>
      <PartBoundary name="The code and the shapes" of={hash}>
        <SidePanel lab={lab} state={state} change={change} />
      </PartBoundary>
    </div>
  );
}

function largest(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

const VIEWS = [
  ['forward', 'What an output reads'],
  ['transposed', 'What an input reaches'],
] as const;

function inputFillName(fill: InputFill, isFromRun: boolean): string {
  if (fill === 'picture') return 'CIFAR-10 picture';
  if (fill === 'custom') return isFromRun ? 'from a run' : 'edited';
  return fill;
}

function FillControls({ state, change }: { state: LabState; change: (part: Partial<LabState>) => void }) {
  return (
    <div className="lab-fills" role="group" aria-label="Values and view">
      <span className="lab-labelled">
        input
        <Select<InputFill>
          look="boxed"
          label="input"
          value={state.inputFill}
          options={INPUT_FILLS.filter((fill) => fill !== 'custom' || state.inputFill === 'custom').map(
            (fill) => [fill, inputFillName(fill, state.from !== undefined)],
          )}
          onChange={(inputFill) => change({ inputFill })}
        />
      </span>
      {state.inputFill === 'picture' && (
        <span className="lab-labelled">
          picture
          <Select
            look="boxed"
            label="picture"
            value={state.picture}
            options={PICTURES.map((picture, i) => [i, picture.name])}
            onChange={(picture) => change({ picture })}
          />
        </span>
      )}
      <span className="lab-labelled">
        kernel
        <Select<KernelFill>
          look="boxed"
          label="kernel"
          value={state.kernelFill}
          options={KERNEL_FILLS.filter((fill) => fill !== 'custom' || state.kernelFill === 'custom').map(
            (fill) => [fill, fill === 'custom' ? 'edited' : fill],
          )}
          onChange={(kernelFill) => change({ kernelFill })}
        />
      </span>
      {(state.inputFill === 'random' || state.kernelFill === 'random') && (
        <Button onClick={() => change({ seed: (state.seed % 9999) + 1 })}>New numbers</Button>
      )}
      <Segments label="View" value={state.view} options={VIEWS} onChange={(view) => change({ view })} />
    </div>
  );
}
