import { basename, relative } from 'node:path';
import { z } from 'zod';
import type { Block } from '../../core/block.ts';
import { counted } from '../../core/counted.ts';
import { compatibilityOf, type OperationChange } from '../../core/openapi/change.ts';
import type { OpenApiDocument, PathItem } from '../../core/openapi/document.ts';
import { operationChanges } from '../../core/openapi/operation-changes.ts';
import { resolveReference } from '../../core/openapi/references.ts';
import { responseExample } from '../../core/openapi/response-example.ts';
import { systemFiles } from '../../platform/files.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import { overviewDocument } from '../../workspace/overview/document.ts';
import { addApiUpdates, type ApiUpdate, type UpdateNotes } from '../../workspace/overview/api-update.ts';
import type { RunResult } from '../envelope.ts';
import { ownCommand } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import { exactText } from '../../platform/exact-text.ts';
import { readAfter, readBefore } from './documents.ts';

const compatibilitySchema = z.enum(['breaking', 'may-break', 'compatible']);

export const apiUpdateDataSchema = z.object({
  before: z.string(),
  after: z.string(),
  operations: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      kind: z.enum(['added', 'removed', 'changed']),
      compatibility: compatibilitySchema,
      changes: z.array(
        z.object({
          compatibility: compatibilitySchema,
          place: z.string(),
          what: z.string(),
          migration: z.string().nullable(),
        }),
      ),
    }),
  ),
  /** Relative to the config; null where nothing was to be written. */
  file: z.string().nullable(),
  /** Entries that were not there yet. */
  added: z.number().int(),
});
type ApiUpdateData = z.infer<typeof apiUpdateDataSchema>;

export interface ApiUpdateOptions extends UpdateNotes {
  /** A file, or `git:<revision>`. */
  before: string;
  /** A file or a URL of a target; default: what the config names. */
  after?: string | undefined;
  /** Shows what would be written, and writes nothing. */
  dryRun: boolean;
  cwd: string;
  signal: AbortSignal;
}

/** Writes into AI-PROJECT-OVERVIEW.md what changed between two versions of the API, for those who call it. */
export function writeApiUpdate(runtime: Runtime, options: ApiUpdateOptions): Promise<RunResult> {
  return ownCommand(runtime, 'overview api-update', async () => {
    const world = await runtime.world();
    const { directory } = runtime.config;
    const place = { world, directory, cwd: options.cwd, signal: options.signal };
    const after = await readAfter(place, options.after);
    const before = await readBefore(place, options.before, after);
    const changes = operationChanges(before.document, after.document);
    // Documents hold examples, and examples now and then a real token; a reason is free text.
    const redactor = await runtime.redactor();
    const updates = redactor.deep(
      changes.map((change) => ({ change, example: exampleOf(after.document, change) })),
    );
    const notes = redactor.deep({ reason: options.reason, timeline: options.timeline });
    const { overview } = workspaceLayout(directory);
    const written = await addToFile(directory, updates, notes, options.dryRun);
    const file = relative(directory, overview);
    const isWritten = written.added > 0 && !options.dryRun;
    const data: ApiUpdateData = {
      before: before.name,
      after: after.name,
      operations: changes.map((change) => ({
        ...change,
        compatibility: compatibilityOf(change.changes),
        changes: [...change.changes],
      })),
      file: written.added > 0 ? file : null,
      added: written.added,
    };
    return {
      status: 'pass',
      summary: summarize(changes, written.added, file, options.dryRun),
      sections: sectionsOf(changes, written, options.dryRun),
      data,
      artifacts: isWritten ? [{ kind: 'overview', path: file }] : [],
      next: isWritten ? [`git diff ${file}`] : [],
    };
  });
}

function exampleOf(document: OpenApiDocument, { method, path }: OperationChange): ApiUpdate['example'] {
  const name = method.toLowerCase() as 'get';
  const operation = resolveReference<PathItem>(document, document.paths[path])?.[name];
  return operation === undefined ? null : responseExample(document, operation);
}

async function addToFile(
  root: string,
  updates: readonly ApiUpdate[],
  notes: UpdateNotes,
  dryRun: boolean,
): Promise<{ before: string; after: string; added: number }> {
  const { overview: path, local } = workspaceLayout(root);
  const add = async (): Promise<{ before: string; after: string; added: number }> => {
    const before = (await exactText(path)) ?? overviewDocument(basename(root));
    const { text, added } = addApiUpdates(before, updates, notes);
    if (added > 0 && !dryRun) await systemFiles.writeText(path, text);
    return { before, after: text, added };
  };
  return updates.length === 0 || dryRun ? add() : withFileLock(path, add, { folder: local });
}

function summarize(
  changes: readonly OperationChange[],
  added: number,
  file: string,
  dryRun: boolean,
): string {
  if (changes.length === 0) return 'Nothing changed for those who call the API.';
  const breaking = changes.filter(({ changes: all }) => compatibilityOf(all) === 'breaking').length;
  const head = `${counted(changes.length, 'operation')} changed, ${breaking} of them breaking`;
  if (added === 0) return `${head}; ${file} has them already.`;
  return `${head}; ${counted(added, 'entry', 'entries')} ${dryRun ? 'would go' : 'went'} into ${file}.`;
}

function sectionsOf(
  changes: readonly OperationChange[],
  written: { before: string; after: string },
  dryRun: boolean,
): Block[] {
  if (changes.length === 0) return [];
  const tones = { breaking: 'bad', 'may-break': 'warn', compatible: 'good' } as const;
  return [
    {
      kind: 'table',
      columns: ['operation', 'compatible', 'where', 'what'].map((header) => ({ header })),
      rows: changes.flatMap(({ method, path, changes: all }) =>
        all.map(({ compatibility, place, what }) => [
          `${method} ${path}`,
          { text: compatibility, tone: tones[compatibility] },
          place,
          what,
        ]),
      ),
    },
    ...(dryRun && written.before !== written.after
      ? [
          {
            kind: 'diff' as const,
            title: 'AI-PROJECT-OVERVIEW.md',
            before: written.before,
            after: written.after,
          },
        ]
      : []),
  ];
}
