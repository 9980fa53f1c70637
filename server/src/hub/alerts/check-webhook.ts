/** @throws Error with a sentence if alerts cannot be sent there, or not be signed */
export function checkWebhook(url: string, secret: string | undefined): asserts secret is string {
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new Error('--alert-webhook takes an address that begins with http:// or https://.');
  if (secret === undefined || secret.length < 16)
    throw new Error(
      'Alerts are signed: set CONVSCOPE_ALERT_SECRET to a text of at least 16 characters that the receiver knows too.',
    );
}
