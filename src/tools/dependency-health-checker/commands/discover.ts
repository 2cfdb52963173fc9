import { extname } from 'node:path';
import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import { RearguardError } from '../../../core/errors.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { didYouMean } from '../../../core/suggest.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type ReportDraft } from '../../define.ts';
import { type Discovery, discover as discoverIn, type Proposal, settingsOf } from '../collect/discover.ts';
import { withDependencies } from '../collect/discover/config-edit.ts';
import { configToEdit } from '../collect/discover/config-file.ts';
import { codeSnippet, type Settings, yamlSnippet } from '../collect/discover/snippet.ts';
import { notesOn, snippetBlock, tables } from './discover-view.ts';

const input = z.strictObject({
  confirm: z
    .array(z.string().min(1))
    .optional()
    .describe('Names to add to the config, or `all`; without it nothing is written'),
});

const data = z.object({
  proposals: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      url: z.string().nullable(),
      reference: z.string().nullable(),
      sources: z.array(z.string()),
      confidence: z.enum(['likely', 'possible']),
      statusPage: z.string().nullable(),
    }),
  ),
  filesRead: z.number().int(),
  /** Names that were written into the config. */
  added: z.array(z.string()),
});

export const discover = defineCommand({
  summary: 'Dependencies that the project shows and the config does not list; writes only with --confirm',
  input,
  data,
  effect: 'write',
  examples: [
    { line: 'rearguard dependency-health-checker discover', does: 'proposes, and writes nothing' },
    {
      line: 'rearguard deps discover --confirm redis,stripe',
      does: 'adds these two under `dependencies` of the config',
    },
  ],
  async run(ctx, { confirm }) {
    const discovery = await discoverIn(ctx);
    return confirm === undefined ? propose(discovery) : add(ctx, discovery, confirm);
  },
});

function propose(discovery: Discovery): ReportDraft {
  const { proposals, filesRead } = discovery;
  const settings = settingsByName(proposals);
  const count = Object.keys(settings).length;
  return {
    ...draftOf(discovery, []),
    summary:
      proposals.length === 0
        ? `Nothing was found in ${counted(filesRead, 'file')} that the config does not list.`
        : `${counted(proposals.length, 'dependency', 'dependencies')} found that the config does not list; nothing was written.`,
    sections: [
      ...tables(proposals),
      ...(count === 0 ? [] : [snippetBlock('To add them, confirm, or copy this', yamlSnippet(settings))]),
    ],
    ...(count === 0 ? {} : { next: ['rearguard dependency-health-checker discover --confirm all'] }),
  };
}

async function add(
  ctx: CommandContext,
  discovery: Discovery,
  confirm: readonly string[],
): Promise<ReportDraft> {
  const chosen = choose(discovery.proposals, confirm);
  const settings = settingsByName(chosen);
  const names = Object.keys(settings);
  if (names.length === 0) {
    return {
      ...draftOf(discovery, []),
      summary: 'There is nothing to add: no proposal has an address.',
      sections: tables(discovery.proposals),
    };
  }
  const path = await configToEdit(ctx);
  if (path === null || !/^\.(?:json|ya?ml)$/.test(extname(path))) {
    const snippet = path === null ? yamlSnippet(settings) : codeSnippet(settings);
    const reason = path === null ? 'its file was not found beside this run' : 'the config is code';
    return {
      ...draftOf(discovery, []),
      status: 'unknown',
      summary: `Nothing was written, because ${reason}: copy what is below into it.`,
      sections: [snippetBlock('For the config', snippet)],
    };
  }
  const before = await ctx.files.readText(path);
  await ctx.files.writeText(path, withDependencies(path, before, settings));
  return {
    ...draftOf(discovery, names),
    summary: `Added to ${path}: ${names.join(', ')}.`,
    sections: [
      ...tables(chosen.filter(({ name }) => names.includes(name))),
      snippetBlock('Added', yamlSnippet(settings)),
    ],
    diagnostics: notesOn(chosen),
    artifacts: [{ kind: 'config', path }],
    next: ['rearguard dependency-health-checker status'],
  };
}

function choose(proposals: readonly Proposal[], confirm: readonly string[]): Proposal[] {
  if (confirm.includes('all')) return [...proposals];
  return confirm.map((name) => {
    const found = proposals.find((proposal) => proposal.name === name);
    if (found === undefined) {
      throw new RearguardError('E_USAGE', {
        message: `Nothing named ${JSON.stringify(name)} was found.${didYouMean(
          name,
          proposals.map((proposal) => proposal.name),
        )}`,
        hint: '`rearguard dependency-health-checker discover` lists what was.',
      });
    }
    if (settingsOf(found) === null) {
      throw new RearguardError('E_USAGE', {
        message: `Of ${name} only the kind is known (${found.kind}), not where it answers.`,
        hint: `Add it yourself under \`dependencies\`, with its url.`,
      });
    }
    return found;
  });
}

function settingsByName(proposals: readonly Proposal[]): Settings {
  return Object.fromEntries(
    proposals.flatMap((proposal) => {
      const settings = settingsOf(proposal);
      return settings === null ? [] : [[proposal.name, settings]];
    }),
  );
}

function draftOf(
  discovery: Discovery,
  added: string[],
): Pick<ReportDraft, 'findings' | 'coverage' | 'data' | 'sections'> {
  const coverage: Coverage = {
    // No rule comes to a verdict here, so no finding is called resolved.
    checked:
      discovery.filesRead === 0
        ? []
        : [{ subject: { kind: 'file', name: counted(discovery.filesRead, 'project file') }, rules: [] }],
    notChecked: discovery.unread.map((reason) => ({ reason })),
  };
  return {
    findings: [],
    coverage,
    sections: [],
    data: { proposals: discovery.proposals, filesRead: discovery.filesRead, added },
  };
}
