import { Readable } from 'node:stream';
import { ApiError, decodeFrame, encodeFrame, frameMediaType, npzMediaType, PredictorAnswer, PredictorArrays, Problem, type FramedArray, type PredictorRequest } from '@trainyard/protocol';

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

const patienceMs = 120_000;

/**
 * Asks a predictor.
 *
 * @param parts the bytes that go with the request: of its npz archive, or of each of its arrays.
 * @throws ApiError `predictor_unavailable` when none answers in time, or what answers is no predictor.
 */
export async function askPredictor(url: string | undefined, request: PredictorRequest, parts: readonly Uint8Array[] = []): Promise<Answer> {
  if (url === undefined) throw new ApiError('predictor_unavailable', 'this server has no predictor: PREDICTOR_URL is not set');
  let response: Response;
  try {
    response = await fetch(new URL('predict', url.endsWith('/') ? url : `${url}/`), {
      method: 'POST',
      ...(parts.length === 0 ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) } : { headers: { 'content-type': frameMediaType }, body: encodeFrame({ json: request, parts }) }),
      signal: AbortSignal.timeout(patienceMs),
    });
    if (response.ok && response.headers.get('content-type') === npzMediaType && response.body !== null) {
      return { kind: 'npz', body: Readable.fromWeb(response.body) };
    }
    if (response.ok && response.headers.get('content-type') === frameMediaType) return { kind: 'arrays', arrays: readArrays(new Uint8Array(await response.arrayBuffer())) };
    const body: unknown = await response.json();
    return response.ok ? { kind: 'json', body: PredictorAnswer.parse(body) } : { kind: 'problem', error: toError(Problem.parse(body)) };
  } catch (error) {
    throw new ApiError('predictor_unavailable', 'the predictor did not answer', { cause: error });
  }
}

function readArrays(frame: Uint8Array): ByteArray[] {
  const { json, parts } = decodeFrame(frame);
  return PredictorArrays.parse(json).arrays.map((array, i) => ({ ...array, bytes: parts[i] ?? new Uint8Array() }));
}

const toError = ({ code, detail, errors }: Problem): ApiError => new ApiError(code, detail, { errors });
