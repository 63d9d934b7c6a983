/** Where all objects of a job lie. */
export const jobFolder = (projectId: string, jobId: string): string => `projects/${projectId}/jobs/${jobId}/`;
