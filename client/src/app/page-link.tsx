/** A link to a page, in the state in which it was left. */
import { type ReactNode, useEffect, useRef } from 'react';
import type { OpenPage, PageRow } from '../pages/page.js';
import { reveal } from '../ui/reveal.js';
import { createStore, useStore, useStoreValue } from '../ui/store.js';
import type { AppShell } from './shell.js';

const NO_HASH = createStore<string | undefined>(undefined);

/** The page, once it has been loaded. */
export function useOpened(shell: AppShell, row: PageRow): OpenPage | undefined {
  const opened = useStore(shell.opened, (pages) => pages.get(row.id));
  return opened instanceof Error ? undefined : opened;
}

/** The address of a page: of what it showed, or its own while it has not been opened. */
export function usePageHash(shell: AppShell, row: PageRow): string {
  const hash = useStoreValue<string | undefined>(useOpened(shell, row)?.hash ?? NO_HASH);
  return hash ?? `#${row.id}`;
}

export interface PageLinkProps {
  readonly shell: AppShell;
  readonly row: PageRow;
  readonly current: boolean;
  readonly className?: string;
  readonly title?: string;
  readonly children: ReactNode;
}

export function PageLink({ shell, row, current, className, title, children }: PageLinkProps) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    // The tabs scroll sideways where they do not all fit.
    if (current) reveal(link.current);
  }, [current]);
  return (
    <a
      ref={link}
      href={usePageHash(shell, row)}
      className={className}
      title={title}
      aria-current={current ? 'page' : undefined}
    >
      {children}
    </a>
  );
}
