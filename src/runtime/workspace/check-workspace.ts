import { join } from 'node:path';
import { z } from 'zod';
import type { Block } from '../../core/block.ts';
import { counted } from '../../core/counted.ts';
import { RearguardError } from '../../core/errors.ts';
import { OPERATION_METHODS } from '../../core/openapi/document.ts';
import type { Diagnostic } from '../../core/report.ts';
import { formatSize } from '../../core/size.ts';
import { capText, oneLine } from '../../core/text.ts';
import { systemFiles } from '../../platform/files.ts';
import type { ProjectFacts } from '../../project/facts.ts';
import { readProject } from '../../project/read-project.ts';
import { parseOpenApi } from '../../tools/_shared/openapi/read.ts';
import { PLANNED_TOOLS } from '../../tools/planned.ts';
import { commandMismatches, type KnownCommands } from '../../workspace/context/check/commands.ts';
import { endpointMismatches } from '../../workspace/context/check/endpoints.ts';
import { figureMismatches } from '../../workspace/context/check/figures.ts';
import { generatedMismatches, swallowedRegions } from '../../workspace/context/check/generated.ts';
import { fileLinks } from '../../workspace/context/check/links.ts';
import type { Mismatch } from '../../workspace/context/check/mismatch.ts';
import type { Operation } from '../../workspace/context/endpoint-match.ts';
import { WORKSPACE_FOLDER, workspaceLayout } from '../../workspace/layout.ts';
import { type DocumentLine, documentLines, readRegions } from '../../workspace/regions.ts';
import type { RunResult } from '../envelope.ts';
import { ownCommand } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import { catalogueOf } from './catalogue.ts';
import { exactText } from '../../platform/exact-text.ts';
import { isoDay } from './figures.ts';

const DAY_MS = 86_400_000;
/** What the team writes is read before every piece of work, too. */
const MAX_HAND_LINES = 350;
const MAX_HAND_BYTES = 24 * 1_024;

export const workspaceCheckDataSchema = z.object({
  /** Of AI-CONTEXT.md, relative to the config. */
  file: z.string(),
  /** In the order of their lines. */
  mismatches: z.array(
    z.object({
      line: z.int(),
      kind: z.enum(['endpoint', 'command', 'figure', 'catalogue', 'project', 'link']),
      message: z.string(),
      hint: z.string(),
    }),
  ),
  /** Endpoints that the code or the OpenAPI document declares; 0: none is known, so none could be missed. */
  endpointsKnown: z.int(),
});

/**
 * Whether AI-CONTEXT.md is true: fail with every mismatch, its line and what to do. Reads only. Throws E_WORKSPACE_MISSING and
 * E_WORKSPACE_MARKERS.
 */
export function checkWorkspace(
  runtime: Runtime,
  options: { ownCommands: KnownCommands['own']; maxAgeMs: number; signal: AbortSignal },
): Promise<RunResult> {
  return ownCommand(runtime, 'workspace check', async () => {
    const { directory } = runtime.config;
    const { context, folder } = workspaceLayout(directory);
    const text = await exactText(context);
    if (text === null) throw new RearguardError('E_WORKSPACE_MISSING', { folder: WORKSPACE_FOLDER });
    const lines = documentLines(text, context);
    const project = await readProject(directory, systemFiles, options.signal);
    const declared = await declaredOperations(directory, project);
    const written = readRegions(text, context);
    const today = isoDay(runtime.clock.wallMs());
    const mismatches = [
      ...endpointMismatches(lines, declared),
      ...commandMismatches(lines, await knownCommands(runtime, options.ownCommands)),
      ...figureMismatches(lines, today, Math.floor(options.maxAgeMs / DAY_MS)),
      ...generatedMismatches(
        {
          project,
          tools: await catalogueOf(runtime.catalog, directory),
          plannedTools: PLANNED_TOOLS.map(({ name }) => name),
        },
        written,
        lineFinder(lines),
      ),
      ...swallowedRegions(lines, written),
      ...(await linkMismatches(lines, folder)),
    ]
      .map(({ message, ...rest }) => ({ ...rest, message: capText(oneLine(message), 300) }))
      .toSorted((a, b) => a.line - b.line);
    const file = `${WORKSPACE_FOLDER}/AI-CONTEXT.md`;
    const refresh = mismatches.some(({ hint }) => hint.includes('workspace refresh'));
    return {
      status: mismatches.length === 0 ? 'pass' : 'fail',
      summary:
        mismatches.length === 0
          ? `${file} is true.`
          : `${file}: ${counted(mismatches.length, 'mismatch', 'mismatches')}.`,
      sections: mismatches.length === 0 ? [] : [listOf(file, mismatches)],
      diagnostics: sizeWarnings(lines),
      data: { file, mismatches, endpointsKnown: declared.length },
      next: refresh ? ['rearguard workspace refresh'] : [],
    };
  });
}

/** Of the code, and of an OpenAPI document that is a file. */
async function declaredOperations(root: string, project: ProjectFacts): Promise<Operation[]> {
  const inCode = project.endpoints.map(({ value: { method, path } }) => ({ method, path }));
  const source = project.openapi?.value;
  // A document that cannot be read says nothing of endpoints; other commands tell why.
  const document =
    source === undefined
      ? null
      : await systemFiles
          .readText(join(root, source))
          .then((text) => parseOpenApi(text, source))
          .catch(() => null);
  const documented = Object.entries(document?.paths ?? {}).flatMap(([path, item]) =>
    OPERATION_METHODS.filter((method) => item[method] !== undefined).map((method) => ({
      method: method.toUpperCase(),
      path,
    })),
  );
  return [...inCode, ...documented];
}

async function knownCommands(
  { catalog, config }: Runtime,
  own: KnownCommands['own'],
): Promise<KnownCommands> {
  const { tools: folder } = workspaceLayout(config.directory);
  const entries = (await systemFiles.exists(folder)) ? await systemFiles.list(folder) : [];
  return {
    own,
    tools: [
      ...catalog.tools.map(({ name, alias, commands }) => ({
        name,
        alias,
        commands: commands.map((command) => command.name),
      })),
      ...PLANNED_TOOLS.map(({ name, alias }) => ({ name, alias, commands: null })),
    ],
    launchers: entries.filter(({ kind }) => kind === 'file').map(({ name }) => `tools/${name}`),
  };
}

/** Lines of a region's body follow its first marker; fences are among them, so the marker is what counts. */
function lineFinder(lines: readonly DocumentLine[]): (region: string, bodyLine: number) => number {
  return (region, bodyLine) => {
    const inside = lines.filter((line) => line.region === region);
    const first = inside[0];
    // A body that begins with a fence has its first line of text one further down.
    return first === undefined ? 1 : first.line - (first.isCode ? 1 : 0) + bodyLine;
  };
}

async function linkMismatches(lines: readonly DocumentLine[], folder: string): Promise<Mismatch[]> {
  const checked = await Promise.all(
    fileLinks(lines).map(async ({ line, target, path }): Promise<Mismatch[]> => {
      if (await systemFiles.exists(join(folder, path))) return [];
      const message = `the link to ${target} leads nowhere`;
      return [{ line, kind: 'link', message, hint: 'Mend the path, or strike the link.' }];
    }),
  );
  return checked.flat();
}

function sizeWarnings(lines: readonly DocumentLine[]): Diagnostic[] {
  const hand = lines.filter(({ region }) => region === null);
  const bytes = Buffer.byteLength(hand.map(({ content }) => content).join('\n'));
  if (hand.length <= MAX_HAND_LINES && bytes <= MAX_HAND_BYTES) return [];
  return [
    {
      level: 'warning',
      message: `What the team wrote in AI-CONTEXT.md has ${hand.length} lines and ${formatSize(bytes)}; every agent reads it before any work.`,
      hint: `Keep it under ${MAX_HAND_LINES} lines and ${formatSize(MAX_HAND_BYTES)}: strike what is no longer true, and move the rest to a file of its own with a link.`,
    },
  ];
}

/** As text: a table would cut what matters, and editors open `file:line`. */
function listOf(file: string, mismatches: readonly Mismatch[]): Block {
  const entries = mismatches.map(({ line, message, hint }) => `${file}:${line}  ${message}\n  ${hint}`);
  return { kind: 'text', text: entries.join('\n') };
}
