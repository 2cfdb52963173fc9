import type { Block } from '../../core/block.ts';
import { escapeMarkup as esc } from '../escape.ts';
import { tableText } from '../table-cells.ts';

export function htmlTable(block: Extract<Block, { kind: 'table' }>): string {
  const { headers, right, rows } = tableText(block);
  const caption = block.title === undefined ? '' : `<caption>${esc(block.title)}</caption>`;
  const head = headers.map(
    (header, column) => `<th scope="col"${right[column] ? ' class="num"' : ''}>${esc(header)}</th>`,
  );
  const body = rows.map((row) => {
    const cells = row.map((cell, column) => {
      const classes = [right[column] ? 'num' : '', cell.tone ?? ''].filter(Boolean).join(' ');
      return `<td${classes === '' ? '' : ` class="${classes}"`}>${esc(cell.text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const empty = rows.length === 0 ? '<p class="soft">No rows.</p>' : '';
  const omitted =
    (block.omitted ?? 0) > 0 ? `<p class="soft small">… and ${block.omitted} more rows</p>` : '';
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${esc(block.title ?? 'Table')}"><table>${caption}` +
    `<thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>${empty}${omitted}`
  );
}
