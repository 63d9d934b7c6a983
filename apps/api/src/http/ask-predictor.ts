import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { boundRequest, DeadlineExceededError } from '@trainyard/http';
import { ApiError, decodeFrame, defaultDeadlineMs, encodeFrame, type ExportRequest, frameMediaType, maxDeadlineMs, npzMediaType, PredictorAnswer, PredictorArrays, Problem, type FramedArray, type PredictorRequestInput } from '@trainyard/protocol';
import type { Dispatcher } from 'undici';
import type { Predictor, PredictorBody } from '../predictors/predictor.js';
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
  return askOneOf(predictors, { checkpoint: request.checkpoint.id, deadlineMs: request.deadline_ms ?? defaultDeadlineMs, waiting }, async (predictor, { signal, leftMs }) =>
    readAnswer(await predictor.post('predict', bodyOf({ ...request, deadline_ms: leftMs }, parts), signal)),
  );
}

/**
 * A checkpoint as `saved_model.pb`.
 *
 * @param waiting what the client waits for.
 * @returns its bytes, and how many there are.
 * @throws ApiError the predictor's own, `predictor_unavailable`, `deadline_exceeded`; ClientGoneError
 */
export async function askForSavedModel(predictors: Predictors, request: ExportRequest, waiting: ServerResponse): Promise<{ bytes: number; body: Readable }> {
  const answer = await askOneOf(predictors, { checkpoint: request.checkpoint.id, deadlineMs: maxDeadlineMs, waiting }, async (predictor, { signal }) => {
    const { statusCode, headers, body } = await predictor.post('saved-model', { type: 'application/json', content: JSON.stringify(request) }, signal);
    return statusCode === 200 ? { bytes: Number(headers['content-length']), body } : readProblem(headers, await body.json());
  });
  if (answer instanceof ApiError) throw answer;
  return answer;
}

interface Question {
  /** Its id: whose predictor is asked. */
  readonly checkpoint: string;
  readonly deadlineMs: number;
  readonly waiting: ServerResponse | undefined;
}

/** Asks the predictor of a checkpoint, and one other where that one fails. */
async function askOneOf<T>(predictors: Predictors, { checkpoint, deadlineMs, waiting }: Question, ask: (predictor: Predictor, bounds: { signal: AbortSignal; leftMs: number }) => Promise<T>): Promise<T> {
  const candidates = predictors.forCheckpoint(checkpoint);
  if (!candidates) throw new ApiError('predictor_unavailable', 'this server has no predictor: PREDICTOR_URL is not set');
  const { signal, remainingMs } = boundRequest(waiting, deadlineMs + graceMs);
  let cause: unknown;
  for (const predictor of candidates) {
    try {
      return await ask(predictor, { signal, leftMs: Math.max(1, Math.round(remainingMs() - graceMs)) });
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
  return { kind: 'problem', error: readProblem(headers, content) };
}

function readProblem(headers: Dispatcher.ResponseData['headers'], content: unknown): ApiError {
  const { code, detail, errors } = Problem.parse(content);
  const retryAfter = Number(headers['retry-after']);
  return new ApiError(code, detail, { errors, ...(retryAfter > 0 && { retryAfterS: retryAfter }) });
}

function readArrays(frame: Uint8Array): ByteArray[] {
  const { json, parts } = decodeFrame(frame);
  return PredictorArrays.parse(json).arrays.map((array, i) => ({ ...array, bytes: parts[i] ?? new Uint8Array() }));
}
