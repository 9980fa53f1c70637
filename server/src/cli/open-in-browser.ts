import process from 'node:process';

/** Opens the page where there is a desktop and somebody at the terminal; elsewhere the printed URL has to do. */
export async function openInBrowser(url: string): Promise<void> {
  const desktop =
    process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
  if (!desktop || !process.stdout.isTTY || process.env['CI'] || process.env['SSH_CONNECTION']) return;
  const { default: open } = await import('open');
  const child = await open(url);
  // A missing browser is no reason to end: the URL is on the screen.
  child.on('error', (error) => process.stderr.write(`No browser could be opened: ${error.message}\n`));
}
