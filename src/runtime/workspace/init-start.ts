import type { Environment } from '../../config/resolve-secrets.ts';
import type { ProjectFacts } from '../../project/facts.ts';
import { PLANNED_TOOLS } from '../../tools/planned.ts';
import { contextDocument } from '../../workspace/context/document.ts';
import type { InitInputs } from '../../workspace/init/wanted.ts';
import { knowledgeDocument } from '../../workspace/knowledge/document.ts';
import { createRuntime } from '../runtime.ts';
import { catalogueOf } from './catalogue.ts';
import { contextFacts } from './gather.ts';

/** What the workspace begins with: launchers of every tool there is or will be, and its first documents. */
export async function workspaceStart(
  root: string,
  facts: ProjectFacts,
  env: Environment,
): Promise<Pick<InitInputs, 'tools' | 'documents'>> {
  // There may be no config yet, and looking must not make a store.
  const runtime = await createRuntime({ cwd: root, env, requireConfig: false, rememberWithoutConfig: false });
  try {
    const names = [...runtime.catalog.tools, ...PLANNED_TOOLS].map(({ name }) => name);
    const context = contextDocument(
      await contextFacts(runtime, facts, await catalogueOf(runtime.catalog, root)),
    );
    return { tools: [...new Set(names)], documents: { context, knowledge: knowledgeDocument() } };
  } finally {
    await runtime.close();
  }
}
