import { WAY_UNKNOWN } from './text.ts';
import type { MigrationParts } from './types.ts';

/** How the newest migration of a project in JavaScript or TypeScript is written, and so the next one. */
export interface Script {
  /** `ts`, `mjs` and the like. */
  extension: string;
  isTyped: boolean;
  /** `export`, rather than `module.exports`. */
  isModule: boolean;
  text: string;
}

export function scriptOf({ head, headText }: Pick<MigrationParts, 'head' | 'headText'>): Script {
  const extension = /\.([cm]?[jt]s)$/.exec(head?.name ?? '')?.[1] ?? 'js';
  const text = headText ?? '';
  const exportsByName = /^export\b/m.test(text);
  const assigns = /\bmodule\.exports\b|^exports\./m.test(text);
  const isTyped = extension.endsWith('ts');
  return {
    extension,
    isTyped,
    isModule: exportsByName || extension === 'mjs' || (isTyped && !assigns),
    text,
  };
}

export const THROWS = `throw new Error(${JSON.stringify(WAY_UNKNOWN)});`;
