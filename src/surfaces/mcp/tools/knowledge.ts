import { z } from 'zod';
import { searchInKnowledge, showKnowledge } from '../../../runtime/knowledge/look-up.ts';
import { mcpTool, reportOf } from '../call.ts';
import { ownAnswer } from '../own-answer.ts';

const MAX_HITS = 20;

export const knowledgeTool = mcpTool({
  name: 'knowledge',
  title: 'What was learned before',
  description:
    "Search the team's lessons of incidents and patterns, offline and tolerant of typos, or read one whole. Look here before you change something that broke before.",
  input: z.object({
    query: z.string().optional().describe('words; without them every entry, newest first'),
    id: z.string().optional().describe('kb-…: this entry whole'),
    limit: z.int().min(1).max(MAX_HITS).optional().describe('at most so many; default 10'),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  run: async ({ query, id, limit }, { runtime }) => {
    const result =
      id === undefined ? searchInKnowledge(runtime, { words: query, limit }) : showKnowledge(runtime, id);
    return ownAnswer(reportOf(await result), runtime.catalog);
  },
});
