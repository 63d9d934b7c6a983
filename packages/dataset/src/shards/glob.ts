const SPECIAL = /[*?[{]/;

export function isGlob(pattern: string): boolean {
  return SPECIAL.test(pattern);
}

/** What every key that the pattern matches begins with. */
export function literalPrefix(pattern: string): string {
  const at = pattern.search(SPECIAL);
  return at === -1 ? pattern : pattern.slice(0, at);
}

/**
 * Shell globs over keys: `*` and `?` within a segment, `**` over segments, `[abc]`, `[!a-c]`, `{one,other}`.
 * @throws SyntaxError when a bracket or brace is not closed
 */
export function globPattern(pattern: string): RegExp {
  let source = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    const rest = pattern.slice(at);
    if (rest.startsWith('**/')) [source, at] = [`${source}(?:[^/]+/)*`, at + 2];
    else if (rest.startsWith('**')) [source, at] = [`${source}.*`, at + 1];
    else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '[') {
      const set = /^\[(!?)(\]?[^\]]*)\]/.exec(rest);
      if (!set) throw new SyntaxError('"[" is not closed');
      source += `(?!/)[${set[1] === '!' ? '^' : ''}${(set[2] ?? '').replace(/[\\\]^[]/g, '\\$&')}]`;
      at += set[0].length - 1;
    } else if (character === '{') [source, depth] = [`${source}(?:`, depth + 1];
    else if (character === '}' && depth > 0) [source, depth] = [`${source})`, depth - 1];
    else if (character === ',' && depth > 0) source += '|';
    else source += character.replace(/[\\^$.|+()}\]/]/, '\\$&');
  }
  if (depth > 0) throw new SyntaxError('"{" is not closed');
  return new RegExp(`^${source}$`, 'su');
}
