import type { DatasetRecord } from '@trainyard/database';
import type { DatasetResource } from '@trainyard/protocol';

/** A dataset's row as the resource that users see. */
export function presentDataset({ id, name, metadata, status, source, scan, error, createdAt, scannedAt }: DatasetRecord): DatasetResource {
  const ready = status === 'ready';
  return {
    ...{ id, name, metadata, status, source },
    object: 'dataset',
    scan: ready ? scan : null,
    error,
    created_at: createdAt.toISOString(),
    scanned_at: ready ? (scannedAt?.toISOString() ?? null) : null,
  };
}
