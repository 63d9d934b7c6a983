import { startOurFiles } from '../contenders/ours.js';
import { startPeerFiles } from '../contenders/peers.js';
import { type H5Run, timeH5 } from '../h5/time-h5.js';
import { h5Figures, h5Markdown } from '../report/h5.js';
import type { Suite } from './suite.js';

const SIZES_MIB = [1, 10, 100];

/** Files of .h5 beside h5py and Keras 2.0.8. */
export const h5: Suite = {
  key: 'h5',
  run: async ({ options: { repeats }, env, tools, machine, say, keep }) => {
    const packages = await tools.ensurePeers(env);
    const runs: H5Run[] = [];
    for (const mib of SIZES_MIB) {
      say(`h5: ${mib} MiB`);
      const [ours, peer] = [startOurFiles(env), startPeerFiles(packages, env)];
      try {
        runs.push(await timeH5(ours, peer, mib, repeats));
      } finally {
        await Promise.all([ours.close(), peer.close()]);
      }
      await keep(h5Figures(runs, repeats, machine));
    }
    return { markdown: h5Markdown(h5Figures(runs, repeats, machine)), failed: false };
  },
};
