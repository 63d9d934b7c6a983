/** The address of the web page; with a key, one that logs in. A fragment stays in the browser: no server or proxy logs it. */
export const pageLink = (url: string, apiKey: string | undefined): string => `${url.replace(/\/$/, '')}/${apiKey === undefined ? '' : `#key=${apiKey}`}`;
