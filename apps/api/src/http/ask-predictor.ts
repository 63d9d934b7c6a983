import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { boundRequest, DeadlineExceededError } from '@trainyard/http';
import { ApiError, decodeFrame, defaultDeadlineMs, encodeFrame, frameMediaType, npzMediaType, PredictorAnswer, PredictorArrays, Problem, type FramedArray, type PredictorRequestInput } from '@trainyard/protocol';
import type { Dispatcher } from 'undici';
import type { PredictorBody } from '../predictors/predictor.js';
import type { Predictors } from '../predictors/predictors.js';

/** An array with its bytes. */
export interface ByteArray extends FramedArray {
  readonly bytes: Uint8Array;
}

export type Answer =
  | { readonly kind: 'json'; readonly body: PredictorAnswer }
  | { readonly kind: 'arrays'; readonly arrays: readonly ByteArray[] }
  | { readonly kind: 'npz'; readonly body: Readable }
  /** The predictor's own words, handed on. */
  | { readonly kind: 'problem'; readonly error: ApiError };

/** So much later than the predictor, which tells more about it, we say ourselves that the time is over. */
const graceMs = 500;

/**
 * Asks a predictor: that of the checkpoint, and one other where that one fails. What is asked is given up at the request's
 * deadline, and when the client has gone.
 *
 * @param parts the bytes that go with the request: of its npz archive, or of each of its arrays.
 * @param waiting what the client waits for; `undefined` where there is none.
 * @throws ApiError `predictor_unavailable` when none answers, `deadline_exceeded`; ClientGoneError
 */
export async function askPredictor(predictors: Predictors, request: PredictorRequestInput, parts: readonly Uint8Array[], waiting: ServerResponse | undefined): Promise<Answer> {
  const candidates = predictors.forCheckpoint(request.checkpoint.id);
  if (!candidates) throw new ApiError('predictor_unavailable', 'this server has no predictor: PREDICTOR_URL is not set');
  const deadlineMs = request.deadline_ms ?? defaultDeadlineMs;
  const { signal, remainingMs } = boundRequest(waiting, deadlineMs + graceMs);
  let cause: unknown;
  for (const predictor of candidates) {
    const left = { deadline_ms: Math.max(1, Math.round(remainingMs() - graceMs)) };
    try {
      return await readAnswer(await predictor.post(bodyOf({ ...request, ...left }, parts), signal));
    } catch (error) {
      if (signal.aborted) throw givenUp(signal.reason, deadlineMs);
      predictor.leaveOut(); // it does not answer, or not as a predictor does
      cause = error;
    }
  }
  throw new ApiError('predictor_unavailable', 'the predictor did not answer, nor did another', { cause });
}

function bodyOf(request: PredictorRequestInput, parts: readonly Uint8Array[]): PredictorBody {
  if (parts.length === 0) return { type: 'application/json', content: JSON.stringify(request) };
  return { type: frameMediaType, content: encodeFrame({ json: request, parts }) };
}

const givenUp = (reason: unknown, deadlineMs: number): unknown =>
  reason instanceof DeadlineExceededError ? new ApiError('deadline_exceeded', `expected an answer within ${deadlineMs} ms, the predictor has given none`) : reason;

/** @throws where it is none */
async function readAnswer({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Answer> {
  const type = headers['content-type'];
  if (statusCode === 200 && type === npzMediaType) return { kind: 'npz', body };
  if (statusCode === 200 && type === frameMediaType) return { kind: 'arrays', arrays: readArrays(await buffer(body)) };
  const content: unknown = await body.json();
  if (statusCode === 200) return { kind: 'json', body: PredictorAnswer.parse(content) };
  const { code, detail, errors } = Problem.parse(content);
  const retryAfter = Number(headers['retry-after']);
  return { kind: 'problem', error: new ApiError(code, detail, { errors, ...(retryAfter > 0 && { retryAfterS: retryAfter }) }) };
}

function readArrays(frame: Uint8Array): ByteArray[] {
  const { json, parts } = decodeFrame(frame);
  return PredictorArrays.parse(json).arrays.map((array, i) => ({ ...array, bytes: parts[i] ?? new Uint8Array() }));
}
