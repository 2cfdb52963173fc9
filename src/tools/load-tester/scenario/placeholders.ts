import { parseTemplate } from '../../../platform/load/session/template.ts';

/** Variables that a text needs. Throws where it is no template. */
export function namesOf(text: string): string[] {
  if (!text.includes('{{')) return [];
  return parseTemplate(text).flatMap((piece) =>
    typeof piece !== 'string' && piece.kind === 'variable' ? [piece.name] : [],
  );
}
