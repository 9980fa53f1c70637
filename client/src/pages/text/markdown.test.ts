import { expect, test } from 'vitest';
import { differences } from './differences.js';
import { markdownToHtml, tableOf } from './markdown.js';
import { TEXT_VIEW } from './view.js';

const { parse: parseView, format: formatView, usual: USUAL_VIEW } = TEXT_VIEW;

test('a single text is Markdown, whatever its shape', () => {
  for (const shape of [[], [1], [1, 1]])
    expect(markdownToHtml({ strings: ['# A\n\n*b*'], shape })).toBe('<h4>A</h4>\n<p><em>b</em></p>\n');
});

test('HTML is kept where it has no attributes, and is shown as text otherwise', () => {
  const htmlOf = (text: string) => markdownToHtml({ strings: [text], shape: [] });
  expect(htmlOf('H<sub>2</sub>O<br>')).toBe('<p>H<sub>2</sub>O<br></p>\n');
  expect(htmlOf('<a href="https://a.test/x">x</a>')).toContain('<a href="https://a.test/x">x</a>');
  for (const html of [
    '<b style="color: red">',
    '<style>* {}',
    '<img src=x onerror=alert(1)>',

    '<!-- <b style=x> -->',
  ])
    expect(htmlOf(html)).not.toMatch(/<(?!\/?p>|b\s*>)/);
});

test('several texts are a table, as in TensorBoard', () => {
  expect(tableOf({ strings: ['x', 'y', 'z'], shape: [3] })).toEqual([['x'], ['y'], ['z']]);
  expect(tableOf({ strings: ['a', 'b', 'c', 'd'], shape: [2, 2] })).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(tableOf({ strings: [...'abcdefgh'], shape: [2, 2, 2] })).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(markdownToHtml({ strings: ['*a*', 'b'], shape: [1, 2] })).toContain('<td><p><em>a</em></p>\n</td>');
});

test('lines are compared with lines, and words with words where there is one line', () => {
  expect(differences('a\nb\n', 'a\nc\n')).toEqual([
    { text: 'a\n', is: 'same' },
    { text: 'b\n', is: 'removed' },
    { text: 'c\n', is: 'added' },
  ]);
  expect(differences('lr 0.1', 'lr 0.2')?.map(({ is }) => is)).toContain('same');
});

test('a view is restored from its address', () => {
  expect(parseView(new URLSearchParams())).toEqual(USUAL_VIEW);
  const view = { tags: 'a|b', search: 'x y', step: 12, mode: 'diff', from: -0 + 3, runs: undefined } as const;
  expect(parseView(new URLSearchParams(formatView(view).toString()))).toEqual(view);
  expect(parseView(new URLSearchParams(`step=1e3&from=x&mode=__proto__&tags=${'x'.repeat(5000)}`))).toEqual(
    USUAL_VIEW,
  );
});
