/** All output channels on one small canvas. Clicking one selects it. */
import { useEffect, useRef } from 'react';
import { usePalette } from '../../drawing/palette.js';
import { formatShortWithin } from '../../ui/format.js';
import type { LabOutput } from './lab-model.js';

const GAP = 4;

export function OutputChannels(props: {
  output: LabOutput;
  selected: number;
  place: { y: number; x: number };
  width: number;
  colour: (value: number) => string;
  onSelect: (channel: number) => void;
}) {
  const { tokens } = usePalette();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [channels, height, width] = props.output.shape;
  const zoom = Math.max(1, Math.min(4, Math.floor(96 / Math.max(height, width))));
  const tileWidth = width * zoom + GAP;
  const tileHeight = height * zoom + GAP;
  const columns = Math.max(1, Math.min(channels, Math.floor(Math.max(props.width, tileWidth) / tileWidth)));
  const rows = Math.ceil(channels / columns);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    element.width = columns * tileWidth;
    element.height = rows * tileHeight;
    const g = element.getContext('2d');
    if (!g) return;
    for (let c = 0; c < channels; c++) {
      const left = (c % columns) * tileWidth + GAP / 2;
      const top = Math.floor(c / columns) * tileHeight + GAP / 2;
      for (let i = 0; i < height * width; i++) {
        g.fillStyle = props.colour(props.output.data[c * height * width + i]!);
        g.fillRect(left + (i % width) * zoom, top + Math.floor(i / width) * zoom, zoom, zoom);
      }
      if (c === props.selected) {
        g.strokeStyle = tokens.accent;
        g.lineWidth = 2;
        g.strokeRect(left - 1, top - 1, width * zoom + 2, height * zoom + 2);
      }
    }
  });

  const move = (by: number) => props.onSelect((props.selected + by + channels) % channels);
  const at = (props.selected * height + props.place.y) * width + props.place.x;
  const value = props.output.data[at] ?? 0;
  return (
    <div
      className="lab-channels"
      role="listbox"
      tabIndex={0}
      aria-label={`${channels} output channels`}
      aria-activedescendant="lab-output-channel"
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        move(by);
      }}
      onPointerDown={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const column = Math.floor((event.clientX - box.left) / tileWidth);
        const channel = Math.floor((event.clientY - box.top) / tileHeight) * columns + column;
        if (column < columns && channel < channels) props.onSelect(channel);
      }}
    >
      <canvas
        ref={canvas}
        aria-hidden="true"
        style={{ width: columns * tileWidth, height: rows * tileHeight }}
      />
      <span className="sr" role="option" aria-selected="true" id="lab-output-channel">
        {`output ${props.selected}, value ${formatShortWithin(value, props.output.bounds?.[at] ?? 0)}`}
      </span>
    </div>
  );
}
