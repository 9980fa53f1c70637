/** What JSX calls that was compiled by the development server. */
import type { ElementType, Key } from 'react';
import { type JSXSource, jsxDEV as reactJsxDev } from 'react/jsx-dev-runtime';
import { shownProps } from './element.js';

export type { JSX } from 'react';
export { Fragment } from 'react';

type Props = Readonly<Record<string, unknown>>;

export function jsxDEV(
  type: ElementType,
  props: Props,
  key: Key | undefined,
  isStatic: boolean,
  source?: JSXSource,
  self?: unknown,
) {
  return reactJsxDev(type, shownProps(type, props), key, isStatic, source, self);
}
