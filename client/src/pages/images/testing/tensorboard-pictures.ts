/** Events with pictures as other programs wrote them, and what TensorBoard's reader makes of them. */

export interface LoggedPictures {
  readonly fixture: string;
  readonly tag: string;
  readonly step: number;
  /** In base64. */
  readonly event: string;
  readonly images: readonly {
    readonly format: string;
    /** Of the encoded picture. */
    readonly sha256: string;
    /** The hash of the decoded pixels; absent for JPEG, whose decoders differ. */
    readonly pixels?: string;
  }[];
}

const files = import.meta.glob<{ readonly events: readonly LoggedPictures[] }>(
  './tensorboard-pictures.json',
  {
    eager: true,
    import: 'default',
  },
);

export const LOGGED_PICTURES = Object.values(files).flatMap(({ events }) => events);

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
