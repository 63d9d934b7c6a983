import { type PeerName, peerTitles } from '../contenders/peers.js';
import { geometricMean } from '../measure/statistics.js';
import type { Building } from '../trainyard/building.js';
import type { CaseFigures, ContenderFigures } from './figures.js';
import { short, table } from './table.js';

/** The figures as text for people: what ran, then a table for training and one for each of the rest. */
export function markdown(cases: readonly CaseFigures[]): string {
  const peers = [...new Set(cases.flatMap((figures) => Object.keys(figures.peers)))];
  const measured = cases.filter((figures) => figures.ours);
  const parts = [versionsText(cases)];
  parts.push('### Training: milliseconds a step', training(cases, peers));
  const ratios = cases.flatMap(({ ratio_to_best_peer: ratio }) => ratio ?? []);
  if (ratios.length > 1) parts.push(`Geometric mean of the best peer / Trainyard over ${ratios.length} cases: **${geometricMean(ratios).toFixed(2)}**.`);
  if (measured.length > 0) {
    const rest = (title: string, text: (figures: ContenderFigures) => string, last?: LastColumn): void => void parts.push(`### ${title}`, perContender(measured, peers, text, last));
    rest('Prediction of one row: milliseconds, p50 / p95', (figures) => `${short(figures.predict_p50_ms)} / ${short(figures.predict_p95_ms)}`, fastestRatio(({ predict_ratios }) => predict_ratios));
    rest('Prediction of a batch of 128: milliseconds, p50', ({ predict_128_p50_ms: ms }) => (ms === null ? '–' : short(ms)), fastestRatio(({ predict_128_ratios }) => predict_128_ratios));
    rest('From the start of the process to the end of the first step: seconds', (figures) => short(figures.first_step_s));
    rest('Peak memory: MiB', (figures) => String(figures.peak_rss_mib), {
      title: 'Trainyard / least on TensorFlow',
      text: ({ rss_to_best_tensorflow_peer: ratio }) => ratio?.toFixed(2) ?? '',
    });
    const planned = measured.flatMap(({ case: name, ours }) => (ours?.plan ? [[name, ours.plan]] : []));
    if (planned.length > 0) parts.push("### Trainyard's plan: steps a run and what XLA compiles, with what was tried", table(['case', 'plan'], planned));
    const built = measured.flatMap(({ case: name, building }) => (building ? [{ name, building }] : []));
    if (built.length > 0) parts.push('### Tracing and graph building: milliseconds', buildingTable(built));
  }
  const failures = cases.flatMap((figures) => Object.entries(figures.failures).map(([name, message]) => `- ${figures.case}, ${titleOf(name)} failed: ${message.split('\n')[0]}`));
  if (failures.length > 0) parts.push('### Failures', failures.join('\n'));
  return parts.join('\n\n');
}

function versionsText(cases: readonly CaseFigures[]): string {
  const versions = new Set(cases.flatMap(({ ours, peer_figures }) => [versionTexts('', ours), ...Object.entries(peer_figures).map(([name, figures]) => versionTexts(name, figures))].flat()));
  return `${[...versions].join(', ')}. ${cases[0]?.repeats ?? 0} pairs of fits for each peer.`;
}

function versionTexts(contender: string, figures: ContenderFigures | null): string[] {
  return Object.entries(figures?.versions ?? {}).map(([name, version]) => `${name === 'keras' && contender === 'tfk' ? 'tf-keras' : name} ${version}`);
}

function training(cases: readonly CaseFigures[], peers: readonly string[]): string {
  const rows = cases.map((figures) => {
    if (!figures.ours) return [label(figures), figures.not_supported ? `not supported: ${figures.not_supported}` : 'failed', ...peers.map(() => ''), '', ''];
    return [
      label(figures),
      short(figures.ours.fit_ms),
      ...peers.map((peer) => cell(figures.peer_figures[peer], ({ fit_ms }) => short(fit_ms))),
      figures.best_peer ? titleOf(figures.best_peer) : '',
      figures.ratio_to_best_peer === null ? '' : `**${figures.ratio_to_best_peer.toFixed(2)}**`,
    ];
  });
  return table(['case', 'Trainyard', ...peers.map(titleOf), 'best peer', 'best peer / Trainyard'], rows);
}

interface LastColumn {
  readonly title: string;
  readonly text: (figures: CaseFigures) => string;
}

function perContender(cases: readonly CaseFigures[], peers: readonly string[], text: (figures: ContenderFigures) => string, last?: LastColumn): string {
  const rows = cases.map((figures) => [figures.case, cell(figures.ours ?? undefined, text), ...peers.map((peer) => cell(figures.peer_figures[peer], text)), ...(last ? [last.text(figures)] : [])]);
  return table(['case', 'Trainyard', ...peers.map(titleOf), ...(last ? [last.title] : [])], rows);
}

/** The ratio to the peer that ours is least ahead of. */
function fastestRatio(ratios: (figures: CaseFigures) => Readonly<Record<string, number>>): LastColumn {
  return {
    title: 'best peer / Trainyard',
    text: (figures) => {
      const all = Object.values(ratios(figures));
      return all.length > 0 ? Math.min(...all).toFixed(2) : '';
    },
  };
}

function buildingTable(cases: readonly { readonly name: string; readonly building: Building }[]): string {
  const rows = cases.map(({ name, building: { build_ms, initialize_ms, trace_ms, first_run_ms, warm_run_ms, nodes } }) => [
    name,
    ...[build_ms, initialize_ms, trace_ms, first_run_ms, warm_run_ms].map(short),
    String(nodes),
  ]);
  return table(['case', 'model built', 'weights drawn', 'train step traced', 'its first run', 'a warm run', 'nodes traced'], rows);
}

function label({ case: name, title }: CaseFigures): string {
  return `${name} (${title})`;
}

function cell(figures: ContenderFigures | undefined, text: (figures: ContenderFigures) => string): string {
  return figures ? text(figures) : 'failed';
}

function titleOf(name: string): string {
  return name in peerTitles ? peerTitles[name as PeerName] : name;
}
