import { Checkbox, Text } from '@mantine/core';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { Job } from '@trainyard/protocol';
import { useEffect, useRef, useState } from 'react';
import { formatMetric } from '../format/numbers.js';
import { formatAge, formatDuration, formatTime, runningSeconds } from '../format/time.js';
import { useNow } from '../format/use-now.js';
import { ProgressBar } from '../job/progress-bar.js';
import { StatusBadge } from '../job/status-badge.js';
import type { JobList } from './use-job-rows.js';

interface Props {
  readonly list: JobList;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
}

const headings = ['Job', 'Status', 'Progress', 'Best', 'Duration', 'Age'];

/** The jobs as a table of which only the rows in sight are there: ten thousand of them scroll as ten do. */
export function JobTable({ list, selected, onSelect }: Props) {
  const { jobs, complete, readMore, watch } = list;
  const narrow = useMediaQuery('(max-width: 48em)') ?? false;
  const scroller = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(-1);
  const now = useNow();
  const rows = useVirtualizer({ count: jobs.length, getScrollElement: () => scroller.current, estimateSize: () => (narrow ? 84 : 46), overscan: 8, getItemKey: (index) => jobs[index]?.id ?? index });
  const items = rows.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];

  useEffect(() => rows.measure(), [narrow, rows]);
  useEffect(() => {
    watch(first, last);
    if (!complete && last >= jobs.length - 20) readMore();
  }, [first, last, complete, jobs.length, watch, readMore]);

  const toggle = (id: string): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  };
  const move = (by: number): void => {
    const next = Math.max(0, Math.min(jobs.length - 1, at + by));
    setAt(next);
    rows.scrollToIndex(next);
    // The row may have to be drawn first.
    requestAnimationFrame(() => requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus()));
  };
  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['x', () => {
      const job = jobs[at];
      if (job !== undefined) toggle(job.id);
    }],
  ]);

  const all = jobs.length > 0 && jobs.every(({ id }) => selected.has(id));
  return (
    <div className="job-table" role="table" aria-label="Jobs" aria-rowcount={complete ? jobs.length + 1 : -1}>
      <div className="job-row job-head" role="row" aria-rowindex={1}>
        <div role="columnheader">
          <Checkbox size="xs" aria-label="Select all that are listed" checked={all} indeterminate={!all && selected.size > 0} onChange={() => onSelect(all ? new Set() : new Set(jobs.map(({ id }) => id)))} />
        </div>
        {headings.map((heading) => (
          <div key={heading} role="columnheader">
            {heading}
          </div>
        ))}
      </div>
      <div className="job-scroller" ref={scroller} role="rowgroup" tabIndex={0} aria-label="Listed jobs">
        <div style={{ height: rows.getTotalSize(), position: 'relative' }} role="presentation">
          {items.map(({ index, start, size }) => {
            const job = jobs[index];
            if (job === undefined) return null;
            return (
              <div key={job.id} className="job-row" role="row" aria-rowindex={index + 2} aria-selected={selected.has(job.id)} data-index={index} onFocus={() => setAt(index)} style={{ position: 'absolute', transform: `translateY(${start}px)`, height: size }}>
                <Row job={job} now={now} selected={selected.has(job.id)} onToggle={() => toggle(job.id)} />
              </div>
            );
          })}
        </div>
      </div>
      <Text size="xs" className="quiet" mt={4}>
        {jobs.length.toLocaleString('en')} {complete ? (jobs.length === 1 ? 'job' : 'jobs') : 'jobs read so far; scroll for older ones'}
      </Text>
    </div>
  );
}

function Row({ job, now, selected, onToggle }: { job: Job; now: number; selected: boolean; onToggle: () => void }) {
  const { id, name, best, error } = job;
  const seconds = runningSeconds(job, now);
  return (
    <>
      <div role="cell">
        <Checkbox size="xs" aria-label={`Select ${name ?? id}`} checked={selected} onChange={onToggle} />
      </div>
      <div role="cell" className="job-name">
        <Link to="/jobs/$jobId" params={{ jobId: id }} preload={false}>
          {name ?? id}
        </Link>
        <Text span size="xs" className="quiet ends" title={id}>
          {name === null ? job.model.name : id}
        </Text>
      </div>
      <div role="cell" title={error?.message}>
        <StatusBadge job={job} />
      </div>
      <div role="cell">
        <ProgressBar job={job} />
      </div>
      <div role="cell" className="numbers">
        {best === null ? lastMetrics(job) : `${best.monitor} ${formatMetric(best.value)}`}
      </div>
      <div role="cell" className="numbers">{seconds === undefined ? '–' : formatDuration(seconds)}</div>
      <div role="cell" className="numbers" title={formatTime(job.created_at)}>
        {formatAge(job.created_at, now)}
      </div>
    </>
  );
}

/** Of a job that has no checkpoint of which one could be best. */
const lastMetrics = ({ latest_metrics: metrics }: Job): string => (metrics['loss'] === undefined ? '–' : `loss ${formatMetric(metrics['loss'])}`);
