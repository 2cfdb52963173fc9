import type { Candidate } from './merge.ts';

const MAX_LENGTH = 40;

/** A name for each candidate, in kebab-case, none twice and none that is taken. */
export function nameCandidates(candidates: readonly Candidate[], taken: ReadonlySet<string>): string[] {
  const used = new Set([...taken].map((name) => name.toLowerCase()));
  return candidates.map(({ nameHint, kind }) => {
    const base = kebab(nameHint) || kebab(kind) || 'dependency';
    let name = base;
    for (let count = 2; used.has(name); count += 1) name = `${base}-${count}`;
    used.add(name);
    return name;
  });
}

function kebab(text: string): string {
  return text
    .slice(0, MAX_LENGTH)
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
