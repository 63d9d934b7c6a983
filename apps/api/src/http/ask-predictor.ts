import { Readable } from 'node:stream';
import { ApiError, npzMediaType, PredictorAnswer, Problem, type PredictorRequest } from '@trainyard/protocol';

export type Answer =
  | { readonly kind: 'json'; readonly body: PredictorAnswer }
  | { readonly kind: 'npz'; readonly body: Readable }
  /** The predictor's own words, handed on. */
  | { readonly kind: 'problem'; readonly error: ApiError };

const patienceMs = 120_000;

/**
 * Asks a predictor.
 *
 * @throws ApiError `predictor_unavailable` when none answers in time, or what answers is no predictor.
 */
export async function askPredictor(url: string | undefined, request: PredictorRequest): Promise<Answer> {
  if (url === undefined) throw new ApiError('predictor_unavailable', 'this server has no predictor: PREDICTOR_URL is not set');
  let response: Response;
  try {
    response = await fetch(new URL('predict', url.endsWith('/') ? url : `${url}/`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(patienceMs),
    });
    if (response.ok && response.headers.get('content-type') === npzMediaType && response.body !== null) {
      return { kind: 'npz', body: Readable.fromWeb(response.body) };
    }
    const body: unknown = await response.json();
    return response.ok ? { kind: 'json', body: PredictorAnswer.parse(body) } : { kind: 'problem', error: toError(Problem.parse(body)) };
  } catch (error) {
    throw new ApiError('predictor_unavailable', 'the predictor did not answer', { cause: error });
  }
}

const toError = ({ code, detail, errors }: Problem): ApiError => new ApiError(code, detail, { errors });
