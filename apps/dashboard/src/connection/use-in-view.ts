import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

/**
 * Whether the page is looked at. One that is not keeps no stream open: over HTTP/1.1 a browser has six connections to a server,
 * for all its tabs together.
 */
export const useInView = (): boolean => useSyncExternalStore(subscribe, () => !document.hidden);
