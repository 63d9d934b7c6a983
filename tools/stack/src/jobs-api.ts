import type { Checkpoint, HistoryResource, Job, JobEvent, JobRequestInput, JobStatus, Problem } from '@trainyard/protocol';
import { waitFor } from './wait-for.js';

/** Any of the API's answers. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** The API as a user's program calls it. */
export class JobsApi {
  constructor(readonly url: string) {}

  async call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const binary = body instanceof Uint8Array;
    const type = binary ? 'application/octet-stream' : 'application/json';
    const init = body === undefined ? {} : { body: binary ? Buffer.from(body) : typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(this.url + path, { method, headers: { ...(body !== undefined && { 'content-type': type }), ...headers }, ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? undefined : JSON.parse(text)) as T };
  }

  /** @returns what is at `path`. @throws Error with the problem when it is not answered with success. */
  async get<T>(path: string): Promise<T> {
    return expectOk(await this.call<T>('GET', path));
  }

  async bytes(path: string): Promise<Uint8Array> {
    const response = await fetch(this.url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  async upload(path: string, content: Uint8Array | string): Promise<void> {
    expectOk(await this.call('PUT', `/v1/files/${path}`, typeof content === 'string' ? Buffer.from(content) : content));
  }

  async submit(request: JobRequestInput): Promise<Job> {
    return expectOk(await this.call<Job>('POST', '/v1/jobs', request));
  }

  /** What is wrong with a request that must be refused. */
  async refused(request: unknown): Promise<Problem> {
    const { status, body } = await this.call<Problem>('POST', '/v1/jobs', request);
    if (status < 400) throw new Error(`expected the request to be refused, it was answered with ${status}`);
    return body;
  }

  job = (id: string): Promise<Job> => this.get(`/v1/jobs/${id}`);
  history = (id: string): Promise<HistoryResource> => this.get(`/v1/jobs/${id}/history`);
  act = async (id: string, action: string, body: unknown = {}): Promise<Job> => expectOk(await this.call<Job>('POST', `/v1/jobs/${id}/${action}`, body));

  async checkpoints(id: string): Promise<Checkpoint[]> {
    return (await this.get<{ data: Checkpoint[] }>(`/v1/jobs/${id}/checkpoints`)).data;
  }

  async events(id: string): Promise<JobEvent[]> {
    return (await this.get<{ data: JobEvent[] }>(`/v1/jobs/${id}/events?limit=1000`)).data;
  }

  /** Waits until the job has one of the statuses. */
  async until(id: string, ...statuses: JobStatus[]): Promise<Job> {
    return waitFor(`${id} to be ${statuses.join(' or ')}`, async () => {
      const job = await this.job(id);
      if (statuses.includes(job.status)) return job;
      if (['succeeded', 'failed', 'cancelled'].includes(job.status)) throw new Error(`${id} is ${job.status}: ${JSON.stringify(job.error)}`);
      return undefined;
    });
  }

  /** Waits until so many epochs have ended. */
  async untilEpoch(id: string, epochs: number): Promise<void> {
    await waitFor(`${id} to have trained ${epochs} epochs`, async () => ((await this.history(id)).epoch.length >= epochs ? true : undefined));
  }
}

/** The body of an answer. @throws Error with the problem when it is none of success. */
export function expectOk<T>({ status, body }: Answer<T>): T {
  if (status >= 400) throw new Error(`the API answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
