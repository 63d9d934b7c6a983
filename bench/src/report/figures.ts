import type { Machine } from '../measure/machine.js';
import { bestPeer, ratioOf } from '../measure/pairing.js';
import type { CaseRun, Measured } from '../measure/run-case.js';
import { median, quantile } from '../measure/statistics.js';
import type { Building } from '../trainyard/building.js';
import { round } from './table.js';

/** The figures of one contender that are not a ratio. */
export interface ContenderFigures {
  /** Milliseconds a step: the median of the fits, the fastest and the slowest. */
  readonly fit_ms: number;
  readonly fit_min_ms: number;
  readonly fit_max_ms: number;
  readonly predict_p50_ms: number;
  readonly predict_p95_ms: number;
  /** Of a batch of 128; null where the model is too large for it. */
  readonly predict_128_p50_ms: number | null;
  readonly first_step_s: number;
  readonly peak_rss_mib: number;
  readonly versions: Readonly<Record<string, string>>;
  /** How its steps were executed, where it chose that. */
  readonly plan?: string;
}

/** One entry of the JSON file. Where the engine does not support the case, the figures are null. */
export interface CaseFigures {
  readonly case: string;
  readonly title: string;
  readonly ours_ms: number | null;
  /** Milliseconds a step, by peer. */
  readonly peers: Readonly<Record<string, number>>;
  readonly best_peer: string | null;
  /** Best peer's time / ours, the median of the pairs' ratios: above 1 where ours is faster. */
  readonly ratio_to_best_peer: number | null;
  readonly ratios: Readonly<Record<string, number>>;
  /** Of predictions of one row, and of a batch of 128: peer's time / ours, likewise. */
  readonly predict_ratios: Readonly<Record<string, number>>;
  readonly predict_128_ratios: Readonly<Record<string, number>>;
  /** Our peak memory / the least of the peers on TensorFlow: below 1 where ours takes less. */
  readonly rss_to_best_tensorflow_peer: number | null;
  /** Of the model, in processes of their own: medians. */
  readonly building: Building | null;
  readonly ours: ContenderFigures | null;
  readonly peer_figures: Readonly<Record<string, ContenderFigures>>;
  readonly not_supported: string | null;
  readonly failures: Readonly<Record<string, string>>;
  readonly repeats: number;
  readonly machine: Machine;
}

export interface FiguresContext {
  readonly repeats: number;
  readonly machine: Machine;
  readonly building: Building | undefined;
}

export function figuresOf(run: CaseRun, { repeats, machine, building }: FiguresContext): CaseFigures {
  const best = bestPeer(run.pairs);
  const ratios = (pairs: CaseRun['pairs']) => Object.fromEntries([...pairs].map(([name, of]) => [name, round(ratioOf(of))]));
  const peers = [...run.peers].map(([name, measured]) => [name, contenderFigures(measured)] as const);
  return {
    case: run.case.name,
    title: run.case.title,
    ours_ms: run.ours ? round(median(run.ours.fits)) : null,
    peers: Object.fromEntries(peers.map(([name, { fit_ms }]) => [name, fit_ms])),
    best_peer: best?.name ?? null,
    ratio_to_best_peer: best ? round(best.ratio) : null,
    ratios: ratios(run.pairs),
    predict_ratios: ratios(run.predictionPairs),
    predict_128_ratios: ratios(run.batchPredictionPairs),
    rss_to_best_tensorflow_peer: run.ours ? memoryRatio(run.ours, [...run.peers.values()]) : null,
    building: building ?? null,
    ours: run.ours ? contenderFigures(run.ours) : null,
    peer_figures: Object.fromEntries(peers),
    not_supported: run.notSupported ?? null,
    failures: Object.fromEntries(run.failures),
    repeats,
    machine,
  };
}

function memoryRatio(ours: Measured, peers: readonly Measured[]): number | null {
  const onTensorFlow = peers.filter(({ loaded }) => 'tensorflow' in loaded.versions);
  return onTensorFlow.length > 0 ? round(ours.peakRssMiB / Math.min(...onTensorFlow.map(({ peakRssMiB }) => peakRssMiB))) : null;
}

function contenderFigures({ loaded, plan, fits, predictions, batchPredictions, peakRssMiB }: Measured): ContenderFigures {
  return {
    fit_ms: round(median(fits)),
    fit_min_ms: round(Math.min(...fits)),
    fit_max_ms: round(Math.max(...fits)),
    predict_p50_ms: round(quantile(predictions, 0.5)),
    predict_p95_ms: round(quantile(predictions, 0.95)),
    predict_128_p50_ms: batchPredictions.length > 0 ? round(quantile(batchPredictions, 0.5)) : null,
    first_step_s: round(loaded.first_step_s),
    peak_rss_mib: Math.round(peakRssMiB),
    versions: loaded.versions,
    ...(plan && { plan }),
  };
}
