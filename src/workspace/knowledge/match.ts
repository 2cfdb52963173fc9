import type { Finding } from '../../core/finding.ts';
import type { KnowledgeReference } from '../../core/knowledge.ts';
import { hasPlaceholder } from './draft-words.ts';
import type { KnowledgeEntry } from './entry.ts';
import { firstWords } from './words.ts';

const MAX_REFERENCES = 3;
const MAX_SOLUTION = 200;

/** The lessons that fit a finding: those about this very finding first, then the newest; at most three. */
export function matchKnowledge(
  entries: readonly KnowledgeEntry[],
  finding: Pick<Finding, 'id' | 'fingerprint' | 'rule' | 'subject'>,
): KnowledgeReference[] {
  return entries
    .flatMap((entry) => {
      const matchedBy = howItMatches(entry, finding);
      return matchedBy === null ? [] : [referenceTo(entry, matchedBy)];
    })
    .toSorted(
      (a, b) =>
        a.matchedBy.localeCompare(b.matchedBy) || b.date.localeCompare(a.date) || a.id.localeCompare(b.id),
    )
    .slice(0, MAX_REFERENCES);
}

function howItMatches(
  { matches }: KnowledgeEntry,
  finding: Pick<Finding, 'id' | 'fingerprint' | 'rule' | 'subject'>,
): KnowledgeReference['matchedBy'] | null {
  if (matches.findings.some((known) => known === finding.id || known === finding.fingerprint)) {
    return 'fingerprint';
  }
  const fits = matches.patterns.some(
    ({ rule, subject }) => rule === finding.rule && fitsPattern(finding.subject.name, subject),
  );
  return fits ? 'pattern' : null;
}

function referenceTo(entry: KnowledgeEntry, matchedBy: KnowledgeReference['matchedBy']): KnowledgeReference {
  const { fields } = entry;
  // What a draft says was proposed by a tool, and done by nobody.
  const said = [fields.Solution, fields['Solution Authority']].find(
    (text) => text !== undefined && !hasPlaceholder(text) && firstWords(text, MAX_SOLUTION) !== '',
  );
  const isDraft = hasPlaceholder(fields.Solution ?? '');
  return {
    id: entry.id,
    title: entry.title,
    solution: said === undefined || isDraft ? null : firstWords(said, MAX_SOLUTION),
    date: entry.date,
    matchedBy,
  };
}

/** `*` stands for anything, also nothing. Takes time in proportion to the lengths: no pattern can make it hang. */
export function fitsPattern(name: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return name === pattern;
  const last = rest.pop() ?? '';
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
    return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
