import { readSounds } from '@convscope/shared/event-log/plugin-strings.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { useEffect, useMemo, useState } from 'react';
import type { TaggedRun } from '../../blobs/use-run-tags.js';
import type { Decoded } from '../../decode/decoded.js';
import { Button } from '../../ui/button.js';
import { download } from '../../ui/download.js';
import { Icon } from '../../ui/icons.js';
import { CardHead } from './card-head.js';
import { soundType } from './sound-format.js';
import { useRecord } from './use-record.js';

/** Sounds of one record that are shown. */
const MOST_SOUNDS = 32;

function soundsIn(decoded: Decoded | undefined): {
  readonly sounds: readonly Uint8Array[];
  readonly error?: string;
} {
  if (decoded?.kind !== 'other') return { sounds: [] };
  try {
    return { sounds: readSounds(decoded.content).slice(0, MOST_SOUNDS) };
  } catch (error) {
    return { sounds: [], error: `The sounds cannot be read: ${messageOf(error)}` };
  }
}

export function AudioCard({ of: { run, tag } }: { readonly of: TaggedRun }) {
  const { rows, shown } = useRecord({ run: run.run, tag: tag.tag, kind: 'other' });
  const { sounds, error } = useMemo(() => soundsIn(shown?.decoded), [shown]);
  const problem = shown?.error ?? error;
  return (
    <article
      className="other-card bordered-card"
      data-run={run.run}
      data-tag={tag.tag}
      aria-label={`${tag.tag} of ${run.run}`}
    >
      <CardHead run={run} tag={tag.tag} at={shown?.at} rows={rows} />
      <div className="other-body">
        {problem !== undefined && <p className="small is-bad">{problem}</p>}
        {sounds.map((sound, at) => (
          <Sound
            key={at}
            sound={sound}
            name={`${run.run}-${tag.tag}-${shown?.at.step ?? 0}${sounds.length > 1 ? `-${at}` : ''}`}
            label={`${tag.tag} of ${run.run}${sounds.length > 1 ? `, sound ${at + 1}` : ''}`}
          />
        ))}
        {shown?.decoded !== undefined && sounds.length === 0 && problem === undefined && (
          <p className="small muted">An empty batch was logged: there is no sound in it.</p>
        )}
      </div>
    </article>
  );
}

function Sound({
  sound,
  name,
  label,
}: {
  readonly sound: Uint8Array;
  readonly name: string;
  readonly label: string;
}) {
  const format = useMemo(() => soundType(sound), [sound]);
  const [url, setUrl] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    setBroken(false);
    if (format === undefined) return;
    const made = URL.createObjectURL(new Blob([new Uint8Array(sound)], { type: format.type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [sound, format]);
  return (
    <div className="row other-sound">
      {format === undefined || isBroken ? (
        <p className="small is-bad grow">
          {format === undefined
            ? 'These bytes are not WAV, Ogg, FLAC or MP3.'
            : 'The browser cannot play this sound: its data are damaged, or of a form that it does not know.'}
        </p>
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: logs hold no captions
        <audio
          controls
          preload="metadata"
          src={url}
          aria-label={label}
          onError={() => setBroken(url !== undefined)}
        />
      )}
      <Button
        quiet
        iconOnly
        aria-label="Download this sound"
        title="Download the sound as it was logged"
        onClick={() => download(`${name}.${format?.ending ?? 'bin'}`, sound, 'application/octet-stream')}
      >
        <Icon name="download" />
      </Button>
    </div>
  );
}
