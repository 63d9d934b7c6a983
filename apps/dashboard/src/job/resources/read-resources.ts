import { ApiProblem, type Http } from '@trainyard/client';

/** What a job took of its machine at one moment. */
export interface ResourceSample {
  readonly attempt: number;
  readonly at: string;
  /** Of one core: 200 is two cores. */
  readonly cpu_percent: number;
  /** Of 2^20 bytes. */
  readonly memory_mb: number;
  /** Null where there is no limit. */
  readonly memory_limit_mb: number | null;
  /** Null on a machine without one, or where it cannot be told. */
  readonly gpu_memory_mb: number | null;
}

/** What a job has taken, of all attempts, oldest first; nothing where the server does not measure it. */
export async function readResources(http: Http, id: string, signal: AbortSignal): Promise<readonly ResourceSample[]> {
  try {
    const { data } = await http.json<{ data: readonly ResourceSample[] }>(`/v1/jobs/${encodeURIComponent(id)}/resources`, { signal });
    return data;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return [];
    throw error;
  }
}
