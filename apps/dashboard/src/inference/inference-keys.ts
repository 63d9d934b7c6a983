/** What was evaluated and predicted by checkpoints of a job, in the cache of answers. */
export const inferencesKey = (job: string) => ['jobs', job, 'inferences'] as const;
