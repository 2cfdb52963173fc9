/** Rules of one `.gitignore`; paths are from its own folder, with slashes. */
export interface IgnoreRules {
  /** true: ignored, false: taken back with `!`, null: not spoken of. */
  verdict(path: string, isFolder: boolean): boolean | null;
}

interface Rule {
  pattern: RegExp;
  negated: boolean;
  foldersOnly: boolean;
}

/** More rules than people write, and longer ones: such a file is no list of patterns. */
const MAX_RULES = 2_000;
const MAX_PATTERN_LENGTH = 300;

/** https://git-scm.com/docs/gitignore: wildcards, `**`, anchoring, negation, folders; the last rule that matches decides. */
export function readGitIgnore(text: string): IgnoreRules {
  const rules = text
    .split(/\r?\n/)
    .slice(0, MAX_RULES)
    .flatMap((line) => readRule(line) ?? []);
  return {
    verdict(path, isFolder) {
      const rule = rules.findLast((one) => (isFolder || !one.foldersOnly) && one.pattern.test(path));
      return rule === undefined ? null : !rule.negated;
    },
  };
}

function readRule(line: string): Rule | undefined {
  // A space at the end counts only behind a backslash.
  const written = line.replace(/(?<!\\)\s+$/, '');
  if (written === '' || written.startsWith('#') || written.length > MAX_PATTERN_LENGTH) return undefined;
  const negated = written.startsWith('!');
  const foldersOnly = written.endsWith('/');
  const body = written.slice(negated ? 1 : 0, foldersOnly ? -1 : undefined).replace(/^\\(?=[#!])/, '');
  if (body === '' || body === '/') return undefined;
  // A slash anywhere but at the end ties the pattern to the folder of its file.
  const front = body.includes('/') ? '^' : '(?:^|/)';
  const pattern = `${front}${expressionOf(body.replace(/^\//, ''))}$`;
  try {
    return { negated, foldersOnly, pattern: new RegExp(pattern) };
  } catch {
    return undefined;
  }
}

function expressionOf(glob: string): string {
  return glob
    .replace(/\*{3,}/g, '**')
    .split(/(\*\*\/|\/\*\*$|\*\*|\*|\?|\[[^\]/]+\]|\\.)/)
    .map((part) => {
      if (part === '**/') return '(?:[^/]+/)*';
      if (part === '/**') return '/.+';
      if (part === '*' || part === '**') return '[^/]*';
      if (part === '?') return '[^/]';
      if (/^\[.+\]$/.test(part)) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
      return part.replace(/^\\(?=.)/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
}
