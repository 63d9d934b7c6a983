/** An epoch in the log, as Keras's verbose mode 2 shows it: `Epoch 3/10 - 2s - loss: 0.2931 - acc: 0.8817`. */
export function epochLine(epoch: number, epochs: number, ms: number, metrics: Readonly<Record<string, number>>): string {
  const seconds = ms < 1000 ? `${Math.round(ms)}ms` : `${Math.round(ms / 1000)}s`;
  return [`Epoch ${epoch + 1}/${epochs}`, seconds, ...Object.entries(metrics).map(([name, value]) => `${name}: ${number(value)}`)].join(' - ');
}

/** Four decimals; small and large numbers with an exponent, as Keras's progress bar. */
function number(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  return Math.abs(value) > 1e-3 || value === 0 ? value.toFixed(4) : value.toExponential(4);
}
