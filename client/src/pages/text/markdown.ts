/** Texts as HTML, which must be sanitised before it is shown. Runs in a worker. */
import { messageOf } from '@convscope/shared/message-of.js';
import { Marked } from 'marked';
import type { WorkerAnswer } from '../../ui/asked-worker.js';

/** A text, or a table of them in row-major order, as TensorBoard's text plugin has it. */
export interface LoggedText {
  readonly strings: readonly string[];
  readonly shape: readonly number[];
}

/** Headings within a card lie below the heading of the card. */
const HEADING_LEVEL = 3;

/** HTML that is kept as such: tags without attributes, and links to elsewhere. All else is shown as text. */
const KEPT_TAG =
  /^<(?:\/?(?:b|blockquote|br|code|dd|del|details|div|dl|dt|em|h[1-6]|hr|i|ins|kbd|li|ol|p|pre|s|samp|small|span|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|var)\s*\/?|a href="https?:\/\/[^"<>\s]+"|\/a)>$/i;

/**
 * Browsers apply the style of an element while they parse it, before it can be sanitised, and the page's
 * Content-Security-Policy then reports it.
 */
function plainHtml(html: string): string {
  return html.replace(/<[^>]*>?/g, (tag) =>
    KEPT_TAG.test(tag) ? tag : tag.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
  );
}

const marked = new Marked({ gfm: true, async: false });
marked.use({
  renderer: {
    heading({ tokens, depth }) {
      const level = Math.min(6, depth + HEADING_LEVEL);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    html: ({ text }) => plainHtml(text),
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
});

function htmlOf(text: string): string {
  const html = marked.parse(text);
  if (typeof html !== 'string') throw new Error('The Markdown was not parsed at once.');
  return html;
}

/** Rows and columns of a tensor of texts; of more than two dimensions the first matrix, as TensorBoard shows it. */
export function tableOf({ strings, shape }: LoggedText): string[][] {
  const [rows = 1, columns = 1] = shape.length > 2 ? shape.slice(-2) : [shape[0], shape[1]];
  return Array.from({ length: Math.min(rows, strings.length) }, (_, row) =>
    strings.slice(row * columns, (row + 1) * columns),
  );
}

export function markdownToHtml(text: LoggedText): string {
  const [first = ''] = text.strings;
  if (text.strings.length < 2) return htmlOf(first);
  const rows = tableOf(text).map(
    (row) => `<tr>${row.map((cell) => `<td>${htmlOf(cell)}</td>`).join('')}</tr>`,
  );
  return `<table><tbody>${rows.join('')}</tbody></table>`;
}

export function answerTo(text: LoggedText): WorkerAnswer<string> {
  try {
    return { answer: markdownToHtml(text) };
  } catch (error) {
    return { error: messageOf(error).split('\n')[0] ?? '' };
  }
}
