import { useQueryClient } from '@tanstack/react-query';
import type { ModelResource } from '@trainyard/protocol';
import { allModelsKey, modelKey } from './model-keys.js';

/** Shows what a request has made of a name, and has the list of names asked for anew. */
export function useShowModel(): (changed: ModelResource) => void {
  const queries = useQueryClient();
  return (changed) => {
    queries.setQueryData(modelKey(changed.name), changed);
    void queries.invalidateQueries({ queryKey: allModelsKey });
  };
}
