/** The format of an encoded sound, by its first bytes. Undefined for one that browsers do not play. */
export function soundType(bytes: Uint8Array): { readonly type: string; readonly ending: string } | undefined {
  const has = (at: number, text: string) =>
    [...text].every((char, i) => bytes[at + i] === char.charCodeAt(0));
  if (has(0, 'RIFF') && has(8, 'WAVE')) return { type: 'audio/wav', ending: 'wav' };
  if (has(0, 'OggS')) return { type: 'audio/ogg', ending: 'ogg' };
  if (has(0, 'fLaC')) return { type: 'audio/flac', ending: 'flac' };
  if (has(0, 'ID3') || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0))
    return { type: 'audio/mpeg', ending: 'mp3' };
  return undefined;
}
