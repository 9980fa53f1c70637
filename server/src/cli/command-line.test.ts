import { expect, it } from 'vitest';
import { commandLine } from './command-line.js';

it('a command can be typed again as it is logged', () => {
  expect(commandLine(['train', '--lr', '0.05', '--name', "it's mine"])).toBe(
    "convscope train --lr 0.05 --name 'it'\\''s mine'",
  );
});

it('the address of a webhook is not logged', () => {
  expect(commandLine(['train', '--alert-webhook', 'https://a/secret', '--lr', '1'])).toBe(
    'convscope train --alert-webhook … --lr 1',
  );
  expect(commandLine(['train', '--alert-webhook=https://a/secret'])).toBe(
    'convscope train --alert-webhook=…',
  );
});
