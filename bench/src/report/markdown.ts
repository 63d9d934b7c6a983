import { type PeerName, peerTitles } from '../contenders/peers.js';
import type { CaseFigures, ContenderFigures } from './figures.js';
import { short, table } from './table.js';

/** The figures as text for people: what ran, then a table for training and one for each of the rest. */
export function markdown(cases: readonly CaseFigures[]): string {
  const peers = [...new Set(cases.flatMap((figures) => Object.keys(figures.peers)))];
  const measured = cases.filter((figures) => figures.ours);
  const parts = [versionsText(cases)];
  parts.push('### Training: milliseconds a step', training(cases, peers));
  if (measured.length > 0) {
    const rest = (title: string, text: (figures: ContenderFigures) => string): void => void parts.push(`### ${title}`, perContender(measured, peers, text));
    rest('Prediction of one row: milliseconds, p50 / p95', (figures) => `${short(figures.predict_p50_ms)} / ${short(figures.predict_p95_ms)}`);
    rest('From the start of the process to the end of the first step: seconds', (figures) => short(figures.first_step_s));
    rest('Peak memory: MiB', (figures) => String(figures.peak_rss_mib));
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

function perContender(cases: readonly CaseFigures[], peers: readonly string[], text: (figures: ContenderFigures) => string): string {
  const rows = cases.map((figures) => [figures.case, cell(figures.ours ?? undefined, text), ...peers.map((peer) => cell(figures.peer_figures[peer], text))]);
  return table(['case', 'Trainyard', ...peers.map(titleOf)], rows);
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
