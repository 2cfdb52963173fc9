import { createRequire } from 'node:module';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { importModule } from '../../config/read-module.ts';
import { reasonWithPlace } from '../../config/reason-with-place.ts';
import type { ResolvedConfig } from '../../config/types.ts';
import { formatDuration } from '../../core/duration.ts';
import { RearguardError } from '../../core/errors.ts';
import { redactText } from '../../core/redact.ts';
import { capText, oneLine } from '../../core/text.ts';
import { asForeignCode } from '../../platform/foreign-code.ts';
import type { Progress } from '../../tools/context.ts';
import type { ToolDefinition } from '../../tools/define.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import { refusedModules } from './admission.ts';
import { findToolFolders } from './discover.ts';
import { wrongWith } from './tool-shape.ts';

/** A tool of the user's own, and where it came from: it is code with the user's rights. */
export interface OwnTool {
  tool: ToolDefinition;
  /** Absolute path of its module, or `plugins[0] of <config>` when it stands in the config itself. */
  origin: string;
}

/** One that cannot be used; everything else works without it. */
export interface BrokenTool {
  /** Its own name where that is known, else that of its folder, file or package. */
  name: string;
  /** Whether that is certainly the tool's name, so that its section of the config is known too. */
  isNamed: boolean;
  origin: string;
  /** E_PLUGIN_INVALID with origin and reason. */
  error: RearguardError;
}

/** Where a tool may be: a module, or the definition itself. */
interface Source {
  /** What to call it as long as it has not said its name. */
  label: string;
  /** The name that the tool must have. */
  folder?: string;
  origin: string;
  /** Absolute path of what has to be imported; null for a definition that stands in the config, which was imported with it. */
  module: string | null;
  candidates(): Promise<unknown[]>;
}

/** A module that waits for the network or for ever must not hold up every command. */
export const LOAD_LIMIT_MS = 10_000;
const MAX_REASON_LENGTH = 500;

/**
 * The user's own tools: those that the config lists under `plugins` (modules that export a tool, default or named `tool`, or several as an
 * array; or the definitions themselves), then those in the workspace. Never throws for a tool.
 *
 * A module, of a package too, is imported here only once it is known to come back from that. A definition inside the config needs no such
 * test: whoever loads the config has run all that stands beside it, and a config that hangs is one without which nothing can be done anyway.
 */
export async function loadOwnTools(
  config: Pick<ResolvedConfig, 'plugins' | 'directory' | 'path' | 'workspace'>,
  progress?: Progress,
): Promise<(OwnTool | BrokenTool)[]> {
  const { compiled } = workspaceLayout(config.directory);
  const listed = config.plugins.map((plugin, index) =>
    typeof plugin === 'string'
      ? moduleSource(plugin, config.directory, compiled)
      : {
          label: `plugins[${index}]`,
          origin: `plugins[${index}] of ${config.path ?? 'the config'}`,
          module: null,
          candidates: () => Promise.resolve([plugin].flat()),
        },
  );
  const known = listed.map(({ origin }) => origin);
  const found = (await findToolFolders(config))
    .filter(({ module }) => !known.includes(module))
    .map(({ name, module }): Source => ({ ...fileSource(module, compiled), label: name, folder: name }));
  const sources = [...listed, ...found];
  const modules = [...new Set(sources.flatMap(({ module }) => module ?? []))];
  const refused = await refusedModules(modules, config.directory, LOAD_LIMIT_MS, { progress });
  const loaded = sources.map((source) =>
    loadSource(source, source.module === null ? undefined : refused.get(source.module)),
  );
  return (await Promise.all(loaded)).flat();
}

/**
 * The tools of one module, for a process that may be lost to it; `folder` is the name of its folder in the workspace, null for one that stands
 * elsewhere, `root` that of the config. Never throws for them.
 */
export function loadToolModule(
  path: string,
  folder: string | null,
  root: string,
): Promise<(OwnTool | BrokenTool)[]> {
  const source = fileSource(path, workspaceLayout(root).compiled);
  return loadSource(folder === null ? source : { ...source, label: folder, folder });
}

export function isBroken(own: OwnTool | BrokenTool): own is BrokenTool {
  return 'error' in own;
}

/** A tool that is there and cannot be used after all: another has its name. */
export function brokenTool({ tool, origin }: OwnTool, reason: string): BrokenTool {
  return { name: tool.name, isNamed: true, origin, error: invalid(origin, reason) };
}

async function loadSource(source: Source, refused?: string): Promise<(OwnTool | BrokenTool)[]> {
  const { label, folder, origin } = source;
  let candidates: unknown[];
  try {
    if (refused !== undefined) throw new Error(refused);
    candidates = await withinLimit(source);
  } catch (thrown) {
    return [{ name: label, isNamed: folder !== undefined, origin, error: invalid(origin, thrown) }];
  }
  return candidates.map((candidate): OwnTool | BrokenTool => {
    const reason = wrongWith(candidate) ?? otherName(candidate as ToolDefinition, folder);
    if (reason === undefined) return { tool: candidate as ToolDefinition, origin };
    const said = (candidate as { name?: unknown } | null | undefined)?.name;
    const isNamed = folder !== undefined || typeof said === 'string';
    const name = folder ?? (typeof said === 'string' ? oneLine(said) : label);
    return { name, isNamed, origin, error: invalid(origin, reason) };
  });
}

function otherName({ name }: ToolDefinition, folder: string | undefined): string | undefined {
  if (folder === undefined || folder === name) return undefined;
  return `its name is ${name} and its folder's is ${folder}: both must be the same`;
}

async function withinLimit(source: Source): Promise<unknown[]> {
  const loaded = new AbortController();
  try {
    return await Promise.race([
      asForeignCode(() => source.candidates()),
      sleep(LOAD_LIMIT_MS, undefined, { signal: loaded.signal }).then(() => {
        throw new Error(
          `it did not load within ${formatDuration(LOAD_LIMIT_MS)}: does it wait at its top level?`,
        );
      }),
    ]);
  } finally {
    loaded.abort();
  }
}

/** Absolute path of a plugin that the config names by a path; null for a package. */
export function pluginPath(name: string, directory: string): string | null {
  const isPath = isAbsolute(name) || name.startsWith('.') || /\.[cm]?[jt]s$/.test(name);
  return isPath ? resolve(directory, name) : null;
}

function moduleSource(name: string, directory: string, compiledFolder: string): Source {
  const path = pluginPath(name, directory);
  if (path !== null) return fileSource(path, compiledFolder);
  try {
    const file = createRequire(join(directory, 'config.js')).resolve(name);
    return { ...fileSource(file, compiledFolder), label: name };
  } catch (thrown) {
    return { label: name, origin: name, module: null, candidates: () => Promise.reject(thrown) };
  }
}

function fileSource(path: string, compiledFolder: string): Source {
  const stem = basename(path, extname(path));
  return {
    label: stem === 'index' ? basename(dirname(path)) : stem,
    origin: path,
    module: path,
    async candidates() {
      const exports = await importModule(path, { compiledFolder });
      return [exports['default'] ?? exports['tool']].flat();
    },
  };
}

function invalid(origin: string, reason: unknown): RearguardError {
  const text = capText(oneLine(redactText(reasonWithPlace(reason, origin))), MAX_REASON_LENGTH);
  const options = typeof reason === 'string' ? {} : { cause: reason };
  return new RearguardError('E_PLUGIN_INVALID', { origin, reason: text }, options);
}
