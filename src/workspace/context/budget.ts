import type { Region } from '../regions.ts';

/** All regions together, markers included: what every agent reads before any work has to stay small. */
export const MAX_LINES = 150;
export const MAX_BYTES = 12 * 1_024;

/** How much of each part is shown; what is left out is named with the command or file that has it. */
export interface Room {
  endpoints: number;
  folders: number;
  findings: number;
  links: number;
  /** Tools with usage and maintenance; further ones get a line each, up to `toolLines` in all. */
  fullTools: number;
  toolLines: number;
}

/** From generous to tight: the first that keeps the budget is taken. */
export const ROOMS: readonly Room[] = [
  { endpoints: 24, folders: 16, findings: 8, links: 4, fullTools: 9, toolLines: 12 },
  { endpoints: 18, folders: 12, findings: 6, links: 3, fullTools: 9, toolLines: 12 },
  { endpoints: 14, folders: 10, findings: 5, links: 3, fullTools: 6, toolLines: 12 },
  { endpoints: 10, folders: 8, findings: 5, links: 2, fullTools: 0, toolLines: 12 },
  { endpoints: 6, folders: 6, findings: 3, links: 2, fullTools: 0, toolLines: 10 },
];

export function sizeOfRegions(regions: readonly Region[]): { lines: number; bytes: number } {
  const text = regions
    .map(({ name, body }) => `<!-- rearguard:begin ${name} -->\n${body}\n<!-- rearguard:end ${name} -->\n`)
    .join('');
  return { lines: text.split('\n').length - 1, bytes: Buffer.byteLength(text) };
}

export function fitsBudget(regions: readonly Region[]): boolean {
  const { lines, bytes } = sizeOfRegions(regions);
  return lines <= MAX_LINES && bytes <= MAX_BYTES;
}
