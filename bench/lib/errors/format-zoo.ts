/** Log files of many layouts, made up line by line: what servers and frameworks write with default and with common settings, and what else ends up in such files. */

import { factsAt, type Entry, type Template } from './format-zoo/facts.ts';
import { FRAMEWORKS } from './format-zoo/frameworks.ts';
import { JSON_LOGGERS } from './format-zoo/json-loggers.ts';
import { LOGGERS, PLAIN } from './format-zoo/loggers.ts';
import { GENERAL_NOISE } from './format-zoo/noise.ts';
import { DATABASES, SYSTEM, WEB } from './format-zoo/servers.ts';

export interface ZooFile {
  name: string;
  /** Name of the format it is of. */
  format: string;
  lines: readonly string[];
}

const LINES = 260;

const ENTRIES: readonly Entry[] = [
  ...WEB,
  ...SYSTEM,
  ...DATABASES,
  ...FRAMEWORKS,
  ...LOGGERS,
  ...PLAIN,
  ...JSON_LOGGERS,
];

export function formatZoo(random: () => number): ZooFile[] {
  return ENTRIES.map(([name, format, template, noise = GENERAL_NOISE]) => ({
    name,
    format,
    lines: linesOf(template, noise, random),
  }));
}

function linesOf(template: Template, noise: readonly string[], random: () => number): string[] {
  const lines: string[] = [];
  let atMs = Date.UTC(2026, 2, 1, 8, 15);
  while (lines.length < LINES) {
    atMs += Math.floor(random() * 4_000);
    if (random() < 0.08) lines.push(...noise[Math.floor(random() * noise.length)]!.split('\n'));
    lines.push(...template(factsAt(atMs, random)).split('\n'));
  }
  return lines;
}
