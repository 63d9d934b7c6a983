/** The suites of `npm test`, in the order in which they run: what fails fastest first. Two run at a time, but those that are to be `alone`. */
export const suites = [
  { name: 'types', title: 'Type check, tests included', kind: 'single', args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json'] },
  { name: 'page', title: 'Type check of the web page', kind: 'single', args: ['node_modules/typescript/bin/tsc', '-p', 'apps/dashboard'] },
  { name: 'lint', title: 'ESLint', kind: 'single', args: ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0'] },
  { name: 'chaos', title: 'Promises, while things break', kind: 'summary', args: ['scripts/chaos.mjs', '--short'], alone: true },
  { name: 'unit', title: 'Vitest', kind: 'vitest', args: ['node_modules/vitest/vitest.mjs', 'run'], alone: true },
  { name: 'golden', title: "Genuine Keras's numbers", kind: 'summary', args: ['tools/golden/dist/main.js'] },
  { name: 'refuse', title: 'Hostile files', kind: 'summary', args: ['tools/refuse/dist/main.js', '--summary'] },
  { name: 'tfjs', title: "tfjs-core's own specs, on our TensorFlow backend", kind: 'summary', args: ['tests/tfjs-suite/run.mjs'] },
  { name: 'traced', title: 'The same specs, every op traced into a graph', kind: 'summary', args: ['tests/tfjs-suite/run.mjs', '--traced'] },
];
