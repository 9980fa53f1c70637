/**
 * Characters that a terminal obeys or that change how the text around them is shown: control characters (C0, DEL and
 * C1), line and paragraph separators, invisible format characters such as bidirectional overrides, and halves of
 * surrogate pairs. The two joiners U+200C and U+200D stay, because words and emoji are written with them.
 */
const OBEYED = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** What turns the direction of the text around it: overrides, embeddings, isolates and marks of a direction. */
const TURNING = /\p{Bidi_Control}/gu;

/**
 * The text as it may be printed. Names, tags and error messages may contain anything, so everything that is written to
 * a terminal passes through this function or one of those below. Escapes look like `\x1b` and `\u{202e}`.
 */
export function printable(text: string): string {
  return text.replace(OBEYED, escaped);
}

/**
 * The text as a page may show it: control characters do nothing there, but a name with U+202E would be drawn in reverse,
 * and what stands after it as well. Letters of scripts that are written from right to left stay as they are.
 */
export function withoutTurns(text: string): string {
  return text.replace(TURNING, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
}

/** The same for text of several lines, such as a stack trace: its line breaks stay. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/**
 * JSON that may be printed and still parses to the same value: its strings have escapes for the same characters. Line
 * breaks stay, since JSON has them only between values.
 */
export function printableJson(json: string): string {
  return json.replace(OBEYED, (character) => {
    if (character === '\n') return character;
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
