/** Bytes of a header; a member's content is padded to a multiple of them. */
const blockBytes = 512;

/**
 * The members of a tar archive that is held in memory, in its order: `{ name, content }`, the content a view of the archive.
 * Files with plain names only (POSIX.1-1988, "ustar"), which is what npm's packages are made of.
 *
 * @param {Buffer} archive
 * @returns {Generator<{ name: string, content: Buffer }>}
 * @throws Error where the archive is damaged, cut short, or holds anything else
 */
export function* readTar(archive) {
  for (let at = 0; at < archive.length; ) {
    const header = archive.subarray(at, at + blockBytes);
    if (header.every((byte) => byte === 0)) return;
    if (header.length < blockBytes || checksumOf(header) !== octal(header, 148, 156)) throw new Error(`damaged tar archive: no header at byte ${at}`);
    const name = [text(header, 345, 500), text(header, 0, 100)].filter((part) => part !== '').join('/');
    const type = header.toString('latin1', 156, 157);
    if (type !== '0' && type !== '\0') throw new Error(`tar archive: ${name} is of type ${JSON.stringify(type)}; only files ("0") are supported`);
    const start = at + blockBytes;
    const end = start + octal(header, 124, 136);
    if (end > archive.length) throw new Error(`damaged tar archive: it ends within ${name}`);
    yield { name, content: archive.subarray(start, end) };
    at = start + Math.ceil((end - start) / blockBytes) * blockBytes;
  }
}

const text = (header, start, end) => header.toString('utf8', start, end).replace(/\0.*$/s, '');
const octal = (header, start, end) => parseInt(header.toString('latin1', start, end), 8);

/** The sum of a header's bytes, those of the checksum itself taken for blanks. */
function checksumOf(header) {
  let sum = 0;
  for (const [i, byte] of header.entries()) sum += i >= 148 && i < 156 ? 32 : byte;
  return sum;
}
