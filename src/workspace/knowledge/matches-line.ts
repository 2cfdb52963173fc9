import { codeSpans, inlineCode } from '../../core/markdown.ts';
import type { KnowledgeEntry, KnowledgeProblem } from './entry.ts';

type Matches = KnowledgeEntry['matches'];

/** `` `db-3f9a1c20`, `database-performance-tracker/missing-index` on `orders*` `` */
export function formatMatches({ findings, patterns }: Matches): string {
  return [
    ...findings.map(inlineCode),
    ...patterns.map(({ rule, subject }) =>
      subject === '*' ? inlineCode(rule) : `${inlineCode(rule)} on ${inlineCode(subject)}`,
    ),
  ].join(', ');
}

/** Code spans, or bare words for those who write by hand; a rule alone speaks of every subject. */
export function parseMatches(
  lines: readonly string[],
  firstLine: number,
): Matches & { problems: KnowledgeProblem[] } {
  const result: Matches & { problems: KnowledgeProblem[] } = { findings: [], patterns: [], problems: [] };
  for (const [index, text] of lines.entries()) {
    for (const item of itemsOf(text.replace(/^\s*[-*+] +/, ''))) {
      const [first = '', subject = '*'] = item;
      if (/^[a-z0-9-]+\/[a-z0-9-]+$/.test(first)) result.patterns.push({ rule: first, subject });
      else if (/^(?:[a-z][a-z0-9-]*-[0-9a-f]{8,32}|[0-9a-f]{32})$/.test(first) && item.length === 1)
        result.findings.push(first);
      else {
        result.problems.push({
          line: firstLine + index,
          message: `“${first.slice(0, 60)}” in Matches is neither a finding (db-3f9a1c20) nor a rule with a subject (tool/rule on orders*)`,
        });
      }
    }
  }
  return result;
}

/** Items are separated by commas, their two halves by the word "on"; neither counts inside code. */
function itemsOf(text: string): string[][] {
  const items: string[][] = [];
  let halves: string[] = [];
  let bare = '';
  const half = (): void => {
    if (bare.trim() !== '') halves.push(bare.trim());
    bare = '';
  };
  const item = (): void => {
    half();
    if (halves.length > 0) items.push(halves);
    halves = [];
  };
  const spans = new Map(codeSpans(text).map((span) => [span.from, span]));
  // A comma, the word between the halves, or any other character.
  const token = /,|(?<=\s|`)on(?=\s|`)|[^]/y;
  for (let at = 0; at < text.length;) {
    const span = spans.get(at);
    if (span !== undefined) {
      half();
      halves.push(/^ .*[^ ].* $/.test(span.content) ? span.content.slice(1, -1) : span.content);
      at = span.to;
      continue;
    }
    token.lastIndex = at;
    const [found = ''] = token.exec(text) ?? [];
    at += found.length;
    if (found === ',') item();
    else if (found === 'on') half();
    else bare += found;
  }
  item();
  return items;
}
