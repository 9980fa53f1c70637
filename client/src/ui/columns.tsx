/**
 * Resizable columns: drag the handle between two of them, or use its arrow keys. Widths are kept per browser and in
 * pixels, so that a column that is closed and opened again has the width it had.
 */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';
import { Group, Panel, type PanelImperativeHandle, Separator, usePanelRef } from 'react-resizable-panels';
import { forgetWidth, keepWidth, keptWidth } from './kept-widths.js';
import './columns.css';

interface Sized {
  readonly panel: () => PanelImperativeHandle | null;
  readonly width: number;
}

/** The columns of this group that have a fixed width, by name. */
const SizedColumns = createContext<Map<string, Sized> | undefined>(undefined);

function useSizedColumns(): Map<string, Sized> {
  const columns = useContext(SizedColumns);
  if (columns === undefined) throw new Error('This component stands outside of Columns.');
  return columns;
}

function panelId(name: string): string {
  return `column-${name}`;
}

/** The width that all panels share. In `onLayoutChanged` the elements still have the widths of the old layout. */
function roomOf(group: HTMLDivElement | null): number {
  const panels = group?.querySelectorAll<HTMLElement>(':scope > [data-panel]') ?? [];
  return [...panels].reduce((sum, panel) => sum + panel.offsetWidth, 0);
}

export function Columns({ className, children }: { className: string; children: ReactNode }) {
  const columns = useMemo(() => new Map<string, Sized>(), []);
  const group = useRef<HTMLDivElement>(null);
  return (
    <SizedColumns value={columns}>
      <Group
        className={className}
        resizeTargetMinimumSize={{ coarse: 20, fine: 8 }}
        elementRef={group}
        onLayoutChanged={(layout, { isUserInteraction }) => {
          if (!isUserInteraction) return;
          const room = roomOf(group.current);
          for (const name of columns.keys()) {
            const percent = layout[panelId(name)];
            if (percent !== undefined) keepWidth(name, Math.round((percent / 100) * room));
          }
        }}
      >
        {children}
      </Group>
    </SizedColumns>
  );
}

/** A column with an initial width of `width` pixels. */
export function SizedColumn(props: {
  readonly name: string;
  readonly width: number;
  readonly least: number;
  /** A width that was asked for otherwise than by the handle; a new object asks again. */
  readonly asked?: { readonly width: number } | undefined;
  readonly children: ReactNode;
}) {
  const { name, width, least, asked } = props;
  const columns = useSizedColumns();
  const panel = usePanelRef();
  const firstWidth = useRef(width);
  useEffect(() => {
    columns.set(name, { panel: () => panel.current, width });
    return () => {
      columns.delete(name);
    };
  }, [columns, name, width, panel]);
  useEffect(() => {
    // A panel reads its default size only when it is mounted, but the width follows the size of the window.
    if (firstWidth.current === width) return;
    firstWidth.current = width;
    if (keptWidth(name) === undefined) panel.current?.resize(width);
  }, [name, width, panel]);
  const lastAsked = useRef(asked);
  useEffect(() => {
    // What was asked for before the column was shown is not asked of it.
    if (asked === lastAsked.current || asked === undefined) return;
    lastAsked.current = asked;
    keepWidth(name, asked.width);
    panel.current?.resize(asked.width);
  }, [asked, name, panel]);
  return (
    <Panel
      id={panelId(name)}
      className="column"
      panelRef={panel}
      defaultSize={keptWidth(name) ?? width}
      minSize={least}
      groupResizeBehavior="preserve-pixel-size"
    >
      {props.children}
    </Panel>
  );
}

/** The column that takes the remaining width. */
export function RestColumn({ name, least, children }: { name: string; least: number; children: ReactNode }) {
  return (
    <Panel id={panelId(name)} className="column" minSize={least}>
      {children}
    </Panel>
  );
}

/** The handle between two columns. A double click resets the width of the column `of`. */
export function ColumnHandle({ of, label }: { of: string; label: string }) {
  const columns = useSizedColumns();
  return (
    <Separator
      className="column-handle"
      aria-label={label}
      title="Drag to resize, double-click to reset"
      disableDoubleClick
      onDoubleClick={() => {
        const column = columns.get(of);
        if (column === undefined) return;
        forgetWidth(of);
        column.panel()?.resize(column.width);
      }}
    />
  );
}
