import type { TrialContext } from '../trial.js';

export const promises = {
  right: 'every prediction is what the checkpoint that it names predicts, computed from its file by other means',
  answered: 'every call is answered: with a prediction, or for the moment refused with 429 or 503, and when to come back',
  refused: 'at most 1 % of the calls are refused',
  moved: 'a moved alias answers from the new version at once where it was moved, elsewhere within 6 s',
  memory: 'live memory of the API, and of a predictor that is not killed, stays flat: it grows by at most 8 MB, the first fifth left out',
} as const;

export type PredictionsContext = TrialContext<keyof typeof promises>;
