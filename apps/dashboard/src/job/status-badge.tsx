import { Badge } from '@mantine/core';
import type { Job, JobStatus } from '@trainyard/protocol';

const colours: Record<JobStatus, string> = { queued: 'gray', running: 'blue', paused: 'yellow', succeeded: 'teal', failed: 'red', cancelled: 'orange' };

/** A job's status, with what it has been told to do and has not done yet. */
export function StatusBadge({ job: { status, intent } }: { job: Pick<Job, 'status' | 'intent'> }) {
  return (
    <Badge variant="light" color={colours[status]} className={`status status-${status}`} data-status={status}>
      {status}
      {intent !== null && status === 'running' ? ` → ${intent}` : ''}
    </Badge>
  );
}
