/** What compiled JSX calls. */
import type { ElementType, Key } from 'react';
import { jsx as reactJsx, jsxs as reactJsxs } from 'react/jsx-runtime';
import { shownProps } from './element.js';

export type { JSX } from 'react';
export { Fragment } from 'react';

type Props = Readonly<Record<string, unknown>>;

export function jsx(type: ElementType, props: Props, key?: Key) {
  return reactJsx(type, shownProps(type, props), key);
}

export function jsxs(type: ElementType, props: Props, key?: Key) {
  return reactJsxs(type, shownProps(type, props), key);
}
