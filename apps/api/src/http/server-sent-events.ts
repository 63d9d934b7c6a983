import type { ServerResponse } from 'node:http';

export interface ServerSentEvent {
  /** What a client sends back as `Last-Event-ID`; without one, the last id stays. */
  readonly id?: number;
  readonly event: string;
  readonly data: unknown;
}

/** Writes an event, and waits while the client is slower than we are. */
export function writeEvent(response: ServerResponse, { id, event, data }: ServerSentEvent, signal: AbortSignal): Promise<void> {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return writeText(response, `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`, signal);
}

export function writeText(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || response.write(text)) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      response.off('drain', finish);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    response.once('drain', finish);
    signal.addEventListener('abort', finish);
  });
}
