import type { Client, Http } from '@trainyard/client';
import { createContext, useContext } from 'react';

export interface Api {
  readonly client: Client;
  /** For what the client has no method for: the headers of an answer. */
  readonly http: Http;
  /** Of the server, ending in `/`. */
  readonly url: string;
  /** Undefined where the server asks for none. */
  readonly apiKey: string | undefined;
  /** Forgets the key, and asks for another one. */
  readonly logOut: () => void;
}

export const ApiContext = createContext<Api | undefined>(undefined);

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === undefined) throw new Error('useApi: expected to be called within <Session>');
  return api;
}

export const useClient = (): Client => useApi().client;
