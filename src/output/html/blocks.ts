import type { Block, BlockKind, TreeNode } from '../../core/block.ts';
import { escapeMarkup as esc } from '../escape.ts';
import { diffLines } from '../line-diff.ts';
import { formatTime } from '../values.ts';
import { htmlDistribution } from './distribution.ts';
import { htmlSeries } from './series.ts';
import { htmlTable } from './table.ts';

type BlockOf<Kind> = Extract<Block, { kind: Kind }>;
type Writer<Kind> = (block: Kind) => string;

const SIGN = { same: ' ', removed: '-', added: '+' } as const;

const WRITERS: { [Kind in BlockKind]: Writer<BlockOf<Kind>> } = {
  table: htmlTable,
  series: htmlSeries,
  distribution: htmlDistribution,
  tree: (block) => heading(block.title) + tree(block.roots, 'tree'),
  timeline: (block) => {
    const entries = block.entries.map(timelineEntry).join('');
    return `${heading(block.title)}<ol class="timeline">${entries}</ol>`;
  },
  diff: (block) => {
    const lines = diffLines(block.before, block.after).map(
      ({ kind, text }) => `<span class="${kind}">${esc(SIGN[kind] + text)}</span>`,
    );
    return `${heading(block.title)}<pre>${lines.join('\n')}</pre>`;
  },
  text: (block) => {
    if (block.untrusted === true)
      return `${heading(block.title)}<pre class="untrusted">${esc(block.text)}</pre>`;
    const paragraphs = block.text
      .split(/\n{2,}/)
      .map((part) => `<p class="tone ${block.tone ?? ''}">${esc(part).replaceAll('\n', '<br>')}</p>`);
    return heading(block.title) + paragraphs.join('');
  },
};

export function htmlBlock(block: Block): string {
  const write = WRITERS[block.kind] as Writer<Block>;
  return `<section class="card">${write(block)}</section>`;
}

function heading(title: string | undefined): string {
  return title === undefined ? '' : `<h3>${esc(title)}</h3>`;
}

function timelineEntry({ atMs, label, detail, tone }: BlockOf<'timeline'>['entries'][number]): string {
  const more = detail === undefined ? '' : `<br><span class="soft small">${esc(detail)}</span>`;
  return `<li><time>${formatTime(atMs)} UTC</time><span class="tone ${tone ?? ''}">${esc(label)}</span>${more}</li>`;
}

function tree(nodes: readonly TreeNode[], style?: string): string {
  const entries = nodes.map((node) => {
    const children = node.children === undefined || node.children.length === 0 ? '' : tree(node.children);
    return `<li><span class="tone ${node.tone ?? ''}">${esc(node.label)}</span>${children}</li>`;
  });
  return `<ul${style === undefined ? '' : ` class="${style}"`}>${entries.join('')}</ul>`;
}
