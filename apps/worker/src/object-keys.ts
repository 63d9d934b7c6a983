/** Where the objects of a job lie in the store. */
export const jobPrefix = (project: string, job: string): string => `projects/${project}/jobs/${job}/`;
export const checkpointKey = (project: string, job: string, checkpoint: string): string => `${jobPrefix(project, job)}checkpoints/${checkpoint}.h5`;
export const snapshotKey = (project: string, job: string, snapshot: string): string => `${jobPrefix(project, job)}snapshots/${snapshot}.h5`;
/** How far an evaluation has come. */
export const evaluationKey = (project: string, job: string, snapshot: string): string => `${jobPrefix(project, job)}snapshots/${snapshot}.bin`;
/** Predictions of a whole source: an archive, and the parts that it is made of. */
export const predictionsKey = (project: string, job: string, id: string): string => `${jobPrefix(project, job)}predictions/${id}.npz`;
export const predictionPartKey = (project: string, job: string, id: string): string => `${jobPrefix(project, job)}predictions/parts/${id}.bin`;
export const tensorBoardPrefix = (project: string, job: string): string => `${jobPrefix(project, job)}tensorboard/`;
/** What an attempt found out about the job's data. */
export const dataStateKey = (project: string, job: string, attempt: number): string => `${jobPrefix(project, job)}data-${attempt}.json`;
/** The folder of the training's log among them: TensorBoard's run. */
export const tensorBoardRun = (project: string, job: string): string => `${tensorBoardPrefix(project, job)}train/`;

/** A user's file: what `files/<path>` names. */
export const filePrefix = (project: string): string => `projects/${project}/files/`;

/** What an attempt that scanned a dataset found out for jobs: its shards as they were. */
export const datasetStateKey = (project: string, dataset: string, attempt: number): string => `projects/${project}/datasets/${dataset}/state-${attempt}.json`;
