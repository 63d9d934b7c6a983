/** What is known of one name, in the cache of answers. */
export const modelKey = (name: string) => ['models', 'one', name] as const;

/** The names that are there, as many as one looks through. */
export const modelNamesKey = ['models', 'names'] as const;

/** All names, page by page. */
export const allModelsKey = ['models', 'all'] as const;
