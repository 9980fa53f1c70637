/**
 * Calls `then` once the faces of a CSS font such as `500 13px Inter` that have the characters of `text` are loaded; at once where
 * they are, and never where they cannot be loaded. Returns the function that takes the call back.
 *
 * Neither `document.fonts.ready` nor the events of `document.fonts` say it everywhere: WebKit resolves the one while fonts are
 * still loading, and sends no others.
 */
export function whenFontLoaded(font: string, text: string, then: () => void): () => void {
  let isWanted = true;
  document.fonts?.load(font, text).then(
    () => {
      if (isWanted) then();
    },
    // The browser has said so in its console; the text stays in a font of the system.
    () => undefined,
  );
  return () => {
    isWanted = false;
  };
}
