const name = 'trainyard.api_key';

/** The key that this browser keeps; undefined when there is none, or nothing can be kept. */
export function storedKey(): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a key; undefined forgets it. */
export function storeKey(key: string | undefined): void {
  try {
    if (key === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, key);
  } catch {
    // Private windows may refuse: then the key lasts as long as the page does.
  }
}

/** The key in a link that logs in, `/#key=ty_…`. A fragment never leaves the browser, and so is in no server's log. */
export function keyInFragment(fragment: string): string | undefined {
  return /^#key=(ty_[\w-]+)$/.exec(fragment)?.[1];
}

/** Keeps the key of a link that logs in, and takes it out of the address and the history. */
export function takeKeyFromLink({ location, history }: Pick<Window, 'location' | 'history'>): void {
  const key = keyInFragment(location.hash);
  if (key === undefined) return;
  storeKey(key);
  history.replaceState(null, '', location.pathname);
}
