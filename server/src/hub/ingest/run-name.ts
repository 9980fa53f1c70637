/** Imports nothing: the command line checks names before the hub, and what it needs, is loaded. */

/** Bytes of one part, so that a suffix still fits into the 255 that file systems allow. */
const PART_BYTES = 200;
const PARTS = 8;

// Device names of Windows, whatever their extension: a logdir should survive being copied there.
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
export const LONE_SURROGATE = /\p{Surrogate}/u;
// Control characters, and what separates or ends names somewhere.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
export const FORBIDDEN = /[\u0000-\u001f\u007f\\<>:"|?*]/;

/** Why `name` may not name a run's directory; null when it may. Names that people give pass: spaces, dots, `=`, any script. */
export function runNameProblem(name: string): string | null {
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  if (name.startsWith('/'))
    return `The run name ${shown} is an absolute path; give a name inside the logdir.`;
  const parts = name.split('/');
  if (parts.length > PARTS) return `The run name ${shown} is nested deeper than ${PARTS} directories.`;
  for (const part of parts) {
    if (part === '') return `The run name ${shown} has an empty part.`;
    if (part.startsWith('.'))
      return `The run name ${shown} has a part that begins with a dot, which hides it or leaves the logdir.`;
    if (FORBIDDEN.test(part))
      return `The run name ${shown} holds a control character or one of \\ < > : " | ? *.`;
    if (DEVICE.test(part)) return `The run name ${shown} uses a name that Windows reserves for devices.`;
    if (/[. ]$/.test(part) || part.startsWith(' '))
      return `The run name ${shown} has a part with a space or dot at its edge.`;
    if (Buffer.byteLength(part) > PART_BYTES)
      return `The run name ${shown} has a part longer than ${PART_BYTES} bytes.`;
    if (LONE_SURROGATE.test(part)) return `The run name ${shown} is not valid Unicode.`;
  }
  return null;
}
