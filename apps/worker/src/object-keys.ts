/** Where the objects of a job lie in the store. */
export const jobPrefix = (project: string, job: string): string => `projects/${project}/jobs/${job}/`;
export const checkpointKey = (project: string, job: string, checkpoint: string): string => `${jobPrefix(project, job)}checkpoints/${checkpoint}.h5`;
export const snapshotKey = (project: string, job: string, snapshot: string): string => `${jobPrefix(project, job)}snapshots/${snapshot}.h5`;
export const tensorBoardPrefix = (project: string, job: string): string => `${jobPrefix(project, job)}tensorboard/`;
/** The folder of the training's log among them: TensorBoard's run. */
export const tensorBoardRun = (project: string, job: string): string => `${tensorBoardPrefix(project, job)}train/`;

/** A user's file: what `files/<path>` names. */
export const filePrefix = (project: string): string => `projects/${project}/files/`;
