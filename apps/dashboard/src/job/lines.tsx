import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';

interface Props {
  readonly label: string;
  readonly count: number;
  readonly render: (index: number) => ReactNode;
}

/** Any number of lines, of which those in sight are there. It stays at the end while it is there, as a terminal does. */
export function Lines({ label, count, render }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lines = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => 22, overscan: 20 });
  useEffect(() => {
    if (atEnd.current && count > 0) lines.scrollToIndex(count - 1, { align: 'end' });
  }, [count, lines]);
  return (
    <div className="lines" ref={scroller} tabIndex={0} role="log" aria-label={label} onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => (atEnd.current = scrollHeight - scrollTop - clientHeight < 40)}>
      <div style={{ height: lines.getTotalSize(), position: 'relative' }}>
        {lines.getVirtualItems().map(({ index, key, start }) => (
          <div key={key} ref={lines.measureElement} data-index={index} className="line" style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${start}px)` }}>
            {render(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
