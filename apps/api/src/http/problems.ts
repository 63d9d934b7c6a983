import { CheckpointGoneError, DatabaseUnavailableError, IdempotencyMismatchError, JobInUseError, NoSuchVersionError, VersionAnswersError, WrongStatusError } from '@trainyard/database';
import { InvalidKeyError, InvalidRangeError, ObjectNotFoundError, ObjectStoreAccessError, ObjectStoreUnavailableError } from '@trainyard/object-store';
import { ClientGoneError, noteFault } from '@trainyard/http';
import { ApiError, invalidRequest, newRequestId, problemMediaType, toProblem } from '@trainyard/protocol';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestInvalid } from './request-invalid.js';

/** Answers every error as a problem (RFC 9457). */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof ClientGoneError) return reply.hijack(); // nobody is there to be answered
    return sendProblem(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(new ApiError('not_found', `there is no ${request.method} ${pathOf(request)}`), request, reply),
  );
}

/** Also for what Fastify refuses before there is a route, a URL that cannot be decoded for instance. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toApiError(error);
  if (known.code === 'internal_error') request.log.error({ err: error }, 'a request met a fault');
  else if (known.status >= 500) request.log.warn({ err: error }, known.detail);
  if (known.status >= 500) noteFault(request, error);
  if (known.status === 401) void reply.header('www-authenticate', 'Bearer');
  if (known.status === 429 || known.status === 503) void reply.header('retry-after', String(known.retryAfterS ?? 5));
  return reply
    .code(known.status)
    .headers({ 'content-type': problemMediaType, 'x-request-id': request.id })
    .serializer((payload) => JSON.stringify(payload))
    .send(toProblem(known, { instance: pathOf(request), requestId: request.id }));
}

/** Answers what is not HTTP, or too much of it: there is no request yet that a handler could have. */
export function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [line, problem] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', new ApiError('invalid_parameter', 'the headers are too large')]
      : ['400 Bad Request', new ApiError('invalid_parameter', 'the request is not HTTP')];
  const body = JSON.stringify(toProblem(problem, { instance: '', requestId: newRequestId() }));
  socket.end(`HTTP/1.1 ${line}\r\nContent-Type: ${problemMediaType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}

interface ConnectionError extends Error {
  readonly code?: string;
}

/** The error of the catalogue that an error is. What is not known is ours, and its words stay in the log. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof RequestInvalid) return fromInvalid(error);
  if (error instanceof WrongStatusError) return new ApiError('wrong_status', error.message);
  if (error instanceof JobInUseError || error instanceof VersionAnswersError) return new ApiError('in_use', error.message);
  if (error instanceof NoSuchVersionError) return new ApiError('not_found', error.message);
  if (error instanceof CheckpointGoneError) return invalidRequest([{ pointer: '', code: 'not_found', detail: error.message }]);
  if (error instanceof IdempotencyMismatchError) return new ApiError('idempotency_mismatch', error.message);
  if (error instanceof DatabaseUnavailableError) return new ApiError('database_unavailable', 'the database cannot be reached');
  if (error instanceof ObjectStoreUnavailableError || error instanceof ObjectStoreAccessError)
    return new ApiError('storage_unavailable', 'the object storage cannot be reached');
  if (error instanceof InvalidKeyError) return new ApiError('invalid_parameter', error.message);
  if (error instanceof ObjectNotFoundError) return new ApiError('not_found', 'the object is not there any more');
  if (error instanceof InvalidRangeError) return new ApiError('range_not_satisfiable', error.message);
  return fromFastify(error);
}

function fromInvalid({ part, issues }: RequestInvalid): ApiError {
  if (part === 'body') return invalidRequest(issues);
  const named = issues.map((issue) => ({ ...issue, pointer: issue.pointer.slice(1) }));
  const [first] = named;
  return new ApiError('invalid_parameter', `${first?.pointer ?? part}: ${first?.detail ?? 'is wrong'}`, { errors: named });
}

function fromFastify(error: unknown): ApiError {
  const { code, statusCode, message } = error as Partial<FastifyError>;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError('too_large', message ?? 'the body is too large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiError('unsupported_media_type', message ?? 'the content type is not understood here');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new ApiError('malformed_json', 'the body is not as long as Content-Length says');
    case 'FST_ERR_BAD_URL':
      return new ApiError('invalid_parameter', message ?? 'the URL cannot be decoded');
    default:
      if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new ApiError('invalid_parameter', message ?? 'the request is wrong');
      return new ApiError('internal_error', 'something went wrong on our side; the log has more under the request_id');
  }
}

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? request.url;
