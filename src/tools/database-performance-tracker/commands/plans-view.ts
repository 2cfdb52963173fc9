import type { Block } from '../../../core/block.ts';
import type { Look } from '../analyze/look.ts';
import { nameOfText } from '../analyze/statements/names.ts';
import type { CapturedPlans } from '../collect/plans.ts';
import { misestimateSections } from './log-view.ts';
import { shortName } from './statement-table.ts';

const SHOWN = 5;

/** Generic plans of the top statements, and which could not be had. */
export function planSections(
  { statements, names, misestimates }: Look,
  { plans, refused }: CapturedPlans,
): Block[] {
  const deltas = statements.known ? statements.value.statements : [];
  const nameOf = (text: string): string => {
    const delta = deltas.find((one) => one.text === text);
    return shortName((delta && names.get(delta.key)) ?? nameOfText(text, ''));
  };
  return [
    ...misestimateSections(misestimates, nameOf),
    ...plans.slice(0, SHOWN).map(({ text, hash, totalCost, steps }): Block => ({
      kind: 'text',
      title: `Plan ${hash.slice(0, 8)} of ${nameOf(text)}${totalCost === null ? '' : `, cost ${Math.round(totalCost)}`}`,
      text: steps.join('\n'),
    })),
    ...(refused.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            title: 'Statements that the server did not plan for us',
            columns: [{ header: 'statement' }, { header: 'its reason' }],
            rows: refused.slice(0, SHOWN).map(({ text, reason }) => [nameOf(text), reason]),
            ...(refused.length > SHOWN ? { omitted: refused.length - SHOWN } : {}),
          },
        ]),
  ];
}
