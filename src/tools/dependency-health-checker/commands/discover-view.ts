import type { Block } from '../../../core/block.ts';
import type { Diagnostic } from '../../../core/report.ts';
import { type Proposal, settingsOf } from '../collect/discover.ts';

/** What was found, one row a dependency. */
export function tables(proposals: readonly Proposal[]): Block[] {
  if (proposals.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Found',
      columns: [{ header: 'name' }, { header: 'what' }, { header: 'how sure' }, { header: 'where found' }],
      rows: proposals.map((proposal) => [
        proposal.name,
        whatIs(proposal),
        { text: proposal.confidence, tone: proposal.confidence === 'likely' ? 'good' : 'muted' },
        whereFound(proposal),
      ]),
    },
  ];
}

function whatIs({ kind, url, reference }: Proposal): string {
  if (url !== null) return url;
  return reference === null ? `${kind}, address unknown` : `${kind}, ${reference}`;
}

function whereFound({ sources }: Proposal): string {
  const [first = '', ...more] = sources;
  return more.length === 0 ? first : `${first} (and ${more.length} more)`;
}

/** What is still up to the reader. */
export function notesOn(chosen: readonly Proposal[]): Diagnostic[] {
  const references = chosen.flatMap(({ reference }) => reference ?? []);
  const unknown = chosen.filter((proposal) => settingsOf(proposal) === null).map(({ name }) => name);
  return [
    ...(references.length === 0
      ? []
      : [note(`These variables must be set where Rearguard runs: ${references.join(', ')}.`)]),
    ...(unknown.length === 0
      ? []
      : [note(`Left out, because nobody knows where they answer: ${unknown.join(', ')}.`)]),
  ];
}

function note(message: string): Diagnostic {
  return { level: 'note', message };
}

/** Text to copy. */
export function snippetBlock(title: string, text: string): Block {
  return { kind: 'text', title, text };
}
