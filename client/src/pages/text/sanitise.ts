/**
 * Makes HTML of a log safe: nothing of it runs, looks like a part of the page, or is loaded from elsewhere. The page's
 * Content-Security-Policy would refuse all of that as well.
 */
import { withoutTurns } from '@convscope/shared/printable.js';
import DOMPurify from 'dompurify';

const TAGS = [
  ...[
    'a',
    'b',
    'blockquote',
    'br',
    'caption',
    'code',
    'dd',
    'del',
    'details',
    'div',
    'dl',
    'dt',
    'em',
    'h1',
    'h2',
  ],
  ...[
    'h3',
    'h4',
    'h5',
    'h6',
    'hr',
    'i',
    'img',
    'ins',
    'kbd',
    'li',
    'ol',
    'p',
    'pre',
    's',
    'samp',
    'small',
    'span',
  ],
  ...[
    'strong',
    'sub',
    'summary',
    'sup',
    'table',
    'tbody',
    'td',
    'tfoot',
    'th',
    'thead',
    'tr',
    'u',
    'ul',
    'var',
  ],
];
const ATTRIBUTES = ['align', 'alt', 'colspan', 'href', 'open', 'rowspan', 'src', 'start', 'title'];
/** A link to a place within the page would lead to another of its views. */
const LINKS = /^(?:https?|mailto):/i;

let isReady = false;

function prepare(): void {
  if (isReady) return;
  isReady = true;
  DOMPurify.addHook('afterSanitizeAttributes', (node) => {
    if (node.nodeName === 'A' && node.hasAttribute('href')) {
      node.setAttribute('target', '_blank');
      node.setAttribute('rel', 'noopener noreferrer');
    }
    // The document that is sanitised loads nothing, but the page would.
    if (node.nodeName === 'IMG') {
      const from = node.getAttribute('src') ?? '';
      node.removeAttribute('src');
      node.setAttribute('data-from', from);
    }
  });
}

export function sanitised(html: string): DocumentFragment {
  prepare();
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: LINKS,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const image of fragment.querySelectorAll('img')) image.replaceWith(standIn(image));
  escapeTurns(fragment);
  return fragment;
}

/** As in what the page draws itself (ui/jsx): controls that turn the direction of text are escaped. */
function escapeTurns(fragment: DocumentFragment): void {
  const texts = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const text = node.nodeValue ?? '';
    const plain = withoutTurns(text);
    if (plain !== text) node.nodeValue = plain;
  }
  for (const titled of fragment.querySelectorAll('[title]'))
    titled.setAttribute('title', withoutTurns(titled.getAttribute('title') ?? ''));
}

/** Says what picture is not loaded, and leads to it. */
function standIn(image: HTMLImageElement): HTMLElement {
  const from = image.getAttribute('data-from') ?? '';
  const note = document.createElement('span');
  note.className = 'text-image';
  note.append(`Picture${image.alt === '' ? '' : ` “${image.alt}”`} is not loaded from elsewhere`);
  if (from !== '') {
    const link = document.createElement('a');
    link.href = from;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    link.textContent = from;
    note.append(': ', link);
  }
  return note;
}
