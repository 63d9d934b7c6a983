/** What to do about each error, read from docs/errors.md when the page is built: vite.config.ts. */
declare module 'virtual:remedies' {
  const remedies: Readonly<Record<string, string>>;
  export default remedies;
}
