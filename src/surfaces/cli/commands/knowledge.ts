import { RearguardError } from '../../../core/errors.ts';
import { stripControl } from '../../../core/text.ts';
import { addKnowledge, type KnowledgeInput } from '../../../runtime/knowledge/add.ts';
import type { KnowledgeShowData } from '../../../runtime/knowledge/data.ts';
import { checkKnowledge, searchInKnowledge, showKnowledge } from '../../../runtime/knowledge/look-up.ts';
import { KNOWLEDGE_FIELDS } from '../../../workspace/knowledge/entry.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CliIo, CommandResult, Invocation } from '../spec.ts';

const MAX_STDIN_BYTES = 1_048_576;

/** `rearguard knowledge add`: from a finding, options or stdin. */
export async function add(invocation: Invocation): Promise<CommandResult> {
  const { values, io } = invocation;
  const given = KNOWLEDGE_FIELDS.flatMap((name) => {
    const text = values[optionOf(name)] as string | undefined;
    return text === undefined ? [] : [[name, text] as const];
  });
  const title = values['title'] as string | undefined;
  const from = values['from'] as string | undefined;
  const markdown = from === undefined && title === undefined ? await readStdin(io) : undefined;
  const result = await withRuntime(invocation, {}, (runtime) =>
    addKnowledge(runtime, {
      from,
      markdown,
      title,
      kind: values['kind'] as KnowledgeInput['kind'],
      author: values['by'] as string | undefined,
      reviewBy: values['reviewBy'] as string | undefined,
      tags: values['tags'] as string[] | undefined,
      matches: values['matches'] as string[] | undefined,
      draft: values['draft'] === true,
      fields: Object.fromEntries(given),
    }),
  );
  return { ...result, plain: true };
}

/** `rearguard knowledge search [words…]`. */
export async function search(invocation: Invocation): Promise<CommandResult> {
  const words = (invocation.values['words'] as string[] | undefined)?.join(' ');
  const limit = invocation.values['limit'] as number | undefined;
  const result = await withRuntime(invocation, {}, (runtime) => searchInKnowledge(runtime, { words, limit }));
  return { ...result, plain: true };
}

/** `rearguard knowledge show <id>`: for people the entry as it is written; an agent gets its headings fenced. */
export async function show(invocation: Invocation): Promise<CommandResult> {
  const result = await withRuntime(invocation, {}, (runtime) =>
    showKnowledge(runtime, String(invocation.values['id'])),
  );
  if (result.report.data === null || invocation.presentation.mode === 'agent')
    return { ...result, plain: true };
  const { markdown } = result.report.data as KnowledgeShowData;
  return { ...result, text: `${stripControl(markdown)}\n${result.report.summary}\n` };
}

/** `rearguard knowledge check`. */
export async function check(invocation: Invocation): Promise<CommandResult> {
  return { ...(await withRuntime(invocation, {}, checkKnowledge)), plain: true };
}

/** `Root Cause` to `rootCause`. */
function optionOf(name: string): string {
  const words = name.replaceAll(' ', '');
  return words.slice(0, 1).toLowerCase() + words.slice(1);
}

/** Undefined on a terminal: nobody would know that we wait. */
async function readStdin({ stdin }: CliIo): Promise<string | undefined> {
  if (stdin.isTTY) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const part = Buffer.from(chunk as Uint8Array);
    bytes += part.length;
    if (bytes > MAX_STDIN_BYTES) {
      throw new RearguardError('E_USAGE', { message: 'More than 1 MB on stdin is no entry.', hint: '' });
    }
    chunks.push(part);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text.trim() === '' ? undefined : text;
}
