// Progress on standard error: a line that is redrawn on a terminal, a line at the start and at the end anywhere else.

const stream = process.stderr;
const eraseLine = '\r\u001b[2K';

/** "12.3 s" or "0.2 s". */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** "[=====>....]" of `width` cells for a fraction from 0 to 1. */
export function bar(fraction, width = 30) {
  const cells = Math.max(0, Math.min(width, Math.round(fraction * width)));
  return `[${'='.repeat(Math.max(0, cells - 1))}${cells === 0 ? '' : cells === width ? '=' : '>'}${'.'.repeat(width - cells)}]`;
}

/**
 * Shows `label` while `work` runs, and how long it took.
 * `work` gets a function to report progress with: `report({ done, total })` in bytes draws a bar, `report('words')` a note.
 */
export async function step(label, work) {
  const started = performance.now();
  const live = stream.isTTY === true;
  let note = '';
  let loggedTenths = 0;
  const draw = () => stream.write(`${eraseLine}${label} ${note || seconds(performance.now() - started)}`);
  const report = (progress) => {
    if (typeof progress === 'string') {
      note = progress;
    } else {
      const fraction = progress.total > 0 ? progress.done / progress.total : 0;
      const mib = (bytes) => (bytes / 2 ** 20).toFixed(0);
      note = `${bar(fraction)} ${mib(progress.done)}/${mib(progress.total)} MiB`;
      const tenths = Math.floor(fraction * 10);
      if (!live && tenths > loggedTenths) {
        loggedTenths = tenths;
        stream.write(`${label} ${note}\n`);
      }
    }
    if (live) draw();
  };
  if (!live) stream.write(`${label} ...\n`);
  const timer = live ? setInterval(draw, 200) : undefined;
  try {
    const result = await work(report);
    stream.write(`${live ? eraseLine : ''}${label} done in ${seconds(performance.now() - started)}\n`);
    return result;
  } catch (error) {
    stream.write(`${live ? eraseLine : ''}${label} failed\n`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
