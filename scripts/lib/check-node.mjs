// Imported first by every script, so that an old Node says what is missing instead of failing on something it does not know.
const [major, minor] = process.versions.node.split('.').map(Number);
const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
if (!supported) {
  console.error(
    'Trainyard needs Node.js 20.19 or later (22.12 or later of 22, or 24), this is ' +
      process.versions.node +
      ': install a current one from https://nodejs.org or with your version manager.',
  );
  process.exit(1);
}
