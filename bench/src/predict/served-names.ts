/** Models that all servers are asked for: one that answers at once, one that goes step by step through each row, and one whose weights are read for a row as for a batch. */
export const servedNames = ['mlp-binary', 'lstm-seq', 'wide'] as const;
export type ServedName = (typeof servedNames)[number];
