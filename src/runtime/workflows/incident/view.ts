import type { Block } from '../../../core/block.ts';
import type { Explanation } from './explanation.ts';

/** Explanations as a tree: what it is, what speaks for it, what against, and what would decide. */
export function explanationTree(explanations: readonly Explanation[]): Block {
  if (explanations.length === 0) {
    return {
      kind: 'text',
      title: 'Likely causes',
      text: 'None of what was measured explains it. That is an answer: look outside of what the config names.',
    };
  }
  return {
    kind: 'tree',
    title: 'Likely causes, with what speaks against them',
    roots: explanations.map(({ title, kind, score, evidence, against, decide }, index) => ({
      label: `${index + 1}. ${title} (${kind}, ${score.toFixed(2)})`,
      ...(index === 0 ? { tone: 'bad' as const } : {}),
      children: [
        ...evidence.map(({ text, weight }) => ({ label: `for ${signed(weight)}: ${text}` })),
        ...against.map(({ text, weight }) => ({
          label: `against ${signed(weight)}: ${text}`,
          tone: 'warn' as const,
        })),
        { label: `decide: ${decide}` },
      ],
    })),
  };
}

function signed(weight: number): string {
  return `${weight < 0 ? '' : '+'}${weight.toFixed(2)}`;
}
