import { useSyncExternalStore } from 'react';

/** Whether the server answered the last request of this page. */
let connected = true;
const listeners = new Set<() => void>();

function report(state: boolean): void {
  if (state === connected) return;
  connected = state;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useConnected = (): boolean => useSyncExternalStore(subscribe, () => connected);

/** The browser's fetch, which notes whether there was an answer. What the page itself gives up says nothing of the server. */
export const watchedFetch: typeof fetch = async (input, init) => {
  try {
    const response = await fetch(input, init);
    report(true);
    return response;
  } catch (error) {
    if (init?.signal?.aborted !== true) report(false);
    throw error;
  }
};
