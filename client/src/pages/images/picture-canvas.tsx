/** A picture at a zoom, with the value of the pixel under the pointer. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Icon } from '../../ui/icons.js';
import { showTip } from '../../ui/tooltip.js';
import { useMedia } from '../../ui/use-size.js';
import { type Animation, openAnimation } from './animation.js';
import { useImagesView } from './images-context.js';
import { type PixelText, pixelText } from './pixel-text.js';
import type { ShownPicture } from './use-picture.js';

interface Place {
  readonly x: number;
  readonly y: number;
}

export interface PictureCanvasProps {
  readonly shown: ShownPicture & { readonly bitmap: ImageBitmap };
  /** What a screen reader calls it. */
  readonly label: string;
  /** The room that it should fit into, in pixels. */
  readonly room: number;
  readonly onAnimationError: (error: unknown) => void;
}

/** Whole pixels of the screen for each of the picture, where there is room; smooth pictures fill the room. */
export function fittingZoom(width: number, height: number, room: number, smooth: boolean): number {
  const scale = room / Math.max(width, height);
  return scale < 1 || smooth ? scale : Math.floor(scale);
}

export function PictureCanvas({ shown, label, room, onAnimationError }: PictureCanvasProps) {
  const { bitmap, bytes, header } = shown;
  const { zoom: chosen, smooth, brightness, contrast } = useImagesView();
  const canvas = useRef<HTMLCanvasElement>(null);
  const asked = useRef(0);
  const [focus, setFocus] = useState<Place>({ x: 0, y: 0 });
  const zoom = chosen ?? fittingZoom(bitmap.width, bitmap.height, room, smooth);
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    element.width = bitmap.width;
    element.height = bitmap.height;
    element.getContext('2d')?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  useEffect(() => {
    return () => {
      asked.current++;
      showTip(undefined);
    };
  }, []);

  const tellPixel = ({ x, y }: Place): void => {
    const element = canvas.current;
    if (element === null || bytes === undefined || header === undefined) return;
    const mine = ++asked.current;
    const at = Math.max(0, Math.min(bitmap.width - 1, x));
    const down = Math.max(0, Math.min(bitmap.height - 1, y));
    void pixelText({ bytes, header, canvas: element, x: at, y: down }).then(({ value, place }: PixelText) => {
      if (mine !== asked.current) return;
      const box = element.getBoundingClientRect();
      const [sideX, sideY] = [box.width / bitmap.width, box.height / bitmap.height];
      showTip({ value, place, x: box.left + (at + 0.5) * sideX, y: box.top + (down + 1) * sideY });
    });
  };
  const leave = (): void => {
    asked.current++;
    showTip(undefined);
  };
  const placeUnder = (clientX: number, clientY: number): Place => {
    const box = canvas.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    return {
      x: Math.floor(((clientX - box.left) / box.width) * bitmap.width),
      y: Math.floor(((clientY - box.top) / box.height) * bitmap.height),
    };
  };

  return (
    <>
      <canvas
        ref={canvas}
        className={smooth || zoom < 1 ? 'picture' : 'picture is-pixelated'}
        role="img"
        aria-label={`${label}, ${bitmap.width} by ${bitmap.height} pixels`}
        tabIndex={0}
        data-takes-keys=""
        style={{
          width: bitmap.width * zoom,
          height: bitmap.height * zoom,
          filter:
            brightness === 100 && contrast === 100
              ? undefined
              : `brightness(${brightness}%) contrast(${contrast}%)`,
        }}
        onPointerMove={(event) => tellPixel(placeUnder(event.clientX, event.clientY))}
        onPointerLeave={leave}
        onBlur={leave}
        onKeyDown={(event) => {
          const move = MOVES[event.key];
          if (move === undefined) return;
          event.preventDefault();
          const next = {
            x: Math.max(0, Math.min(bitmap.width - 1, focus.x + move.x)),
            y: Math.max(0, Math.min(bitmap.height - 1, focus.y + move.y)),
          };
          setFocus(next);
          tellPixel(next);
        }}
      />
      {header?.format === 'GIF' && bytes !== undefined && (
        <Frames key={shown.at.offset} shown={shown} canvas={canvas} onError={onAnimationError} />
      )}
    </>
  );
}

const MOVES: Readonly<Record<string, Place>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Plays an animated GIF on the canvas. With reduced motion it waits for its button. */
function Frames({
  shown: { bytes, header },
  canvas,
  onError,
}: {
  readonly shown: ShownPicture;
  readonly canvas: React.RefObject<HTMLCanvasElement | null>;
  readonly onError: (error: unknown) => void;
}) {
  const isStill = useMedia('(prefers-reduced-motion: reduce)');
  const [animation, setAnimation] = useState<Animation>();
  const [isPlaying, setPlaying] = useState(!isStill);
  const [frame, setFrame] = useState(0);
  const failed = useRef(onError);
  failed.current = onError;
  useEffect(() => {
    if (bytes === undefined || header === undefined) return;
    let opened: Animation | undefined;
    let isGone = false;
    openAnimation(bytes, header).then(
      (one) => {
        opened = one;
        if (isGone) one.close();
        else setAnimation(one);
      },
      (error: unknown) => {
        if (!isGone) failed.current(error);
      },
    );
    return () => {
      isGone = true;
      opened?.close();
      setAnimation(undefined);
    };
  }, [bytes, header]);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (animation === undefined || animation.frames < 2 || context == null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    animation.draw(frame, context).then(
      (duration) => {
        if (isGone || !isPlaying) return;
        timer = setTimeout(() => setFrame((frame + 1) % animation.frames), duration);
      },
      (error: unknown) => {
        if (!isGone) failed.current(error);
      },
    );
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [animation, canvas, frame, isPlaying]);
  if (animation === undefined || animation.frames < 2) return null;
  return (
    <button
      type="button"
      className="button picture-play"
      aria-pressed={isPlaying}
      aria-label={isPlaying ? 'Pause' : 'Play'}
      onClick={() => setPlaying(!isPlaying)}
    >
      <Icon name={isPlaying ? 'pause' : 'play'} />
      <span className="micro">
        {frame + 1}/{animation.frames}
      </span>
    </button>
  );
}
