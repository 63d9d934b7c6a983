import { useEffect } from 'react';
import { useConnected, watchedFetch } from './connection.js';

const calmMs = 15_000;
const lostMs = 2_000;

/** Asks the server for a sign of life, so that a page on which nothing happens notices too when it is gone, and when it is back. */
export function useHeartbeat(url: string): void {
  const connected = useConnected();
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) watchedFetch(new URL('healthz', url)).catch(() => undefined);
    }, connected ? calmMs : lostMs);
    return () => clearInterval(timer);
  }, [connected, url]);
}
