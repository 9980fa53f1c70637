import process from 'node:process';
import { printable } from '@convscope/shared/printable.js';

/** Opens the page if there is a desktop and an interactive terminal; otherwise the printed URL must do. */
export async function openInBrowser(url: string): Promise<void> {
  const desktop =
    process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
  if (!desktop || !process.stdout.isTTY || process.env['CI'] || process.env['SSH_CONNECTION']) return;
  const { default: open } = await import('open');
  const child = await open(url);
  // Continue without a browser: the URL has been printed.
  child.on('error', (error) =>
    process.stderr.write(`${printable(`No browser could be opened: ${error.message}`)}\n`),
  );
}
