/** Where the objects of a project lie in the store; the same for the worker, which writes most of them. */
export const filePrefix = (projectId: string): string => `projects/${projectId}/files/`;
export const jobPrefix = (projectId: string, jobId: string): string => `projects/${projectId}/jobs/${jobId}/`;
export const tensorBoardPrefix = (projectId: string, jobId: string): string => `${jobPrefix(projectId, jobId)}tensorboard/`;
export const datasetPrefix = (projectId: string, datasetId: string): string => `projects/${projectId}/datasets/${datasetId}/`;
/** Where the copy of a file lies that is served without a job. */
export const servedFileKey = (projectId: string, checkpointId: string): string => `projects/${projectId}/models/${checkpointId}/model.h5`;
