import type { FastifyReply, FastifyRequest } from 'fastify';
import { pause, type OpenStreams } from './open-streams.js';
import { writeEvent, writeText, type ServerSentEvent } from './server-sent-events.js';

const heartbeatMs = 15_000;

/** Whether a client wants to be told what changes, instead of what there is. */
export const wantsStream = ({ headers }: FastifyRequest): boolean => (headers.accept ?? '').includes('text/event-stream');

/** A stream of events to one client. */
export class EventStream {
  #quietSince = performance.now();

  constructor(
    private readonly reply: FastifyReply,
    /** Aborted when the client is gone, or the server closes. */
    readonly signal: AbortSignal,
  ) {}

  async send(event: ServerSentEvent): Promise<void> {
    await writeEvent(this.reply.raw, event, this.signal);
    this.#quietSince = performance.now();
  }

  /** Waits, and keeps a quiet connection alive. */
  async pause(ms: number): Promise<void> {
    if (performance.now() - this.#quietSince > heartbeatMs) {
      await writeText(this.reply.raw, ': still here\n\n', this.signal);
      this.#quietSince = performance.now();
    }
    await pause(ms, this.signal);
  }
}

/**
 * Answers with a stream of events until `tell` has told all there is.
 *
 * @throws ApiError `too_many_requests`
 */
export async function answerWithEvents(reply: FastifyReply, streams: OpenStreams, tell: (stream: EventStream) => Promise<void>): Promise<FastifyReply> {
  const { signal, done } = streams.open(reply);
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no', 'x-request-id': reply.request.id };
  reply.hijack();
  reply.raw.writeHead(200, headers);
  reply.raw.flushHeaders();
  try {
    if (reply.request.method !== 'HEAD') await tell(new EventStream(reply, signal));
  } catch (error) {
    // The status line is gone: the client sees the stream end before its end, and comes back.
    reply.log.warn({ err: error }, 'an event stream broke off');
  } finally {
    reply.raw.end();
    done();
  }
  return reply;
}
