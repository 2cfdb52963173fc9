import { capText, oneLine } from '../../../core/text.ts';
import { workerEntry } from '../../../platform/worker-entry.ts';
import { runChild } from '../child.ts';
import type { CheckResult, ContractMessage, ContractRequest } from './types.ts';

/** Longer than any single check may take that ends by itself. */
const SILENCE_MS = 40_000;
const MAX_DETAIL_LENGTH = 600;

/** Checks one tool in a process of its own; what it did not come back from is the check that failed. */
export async function runContract(
  request: ContractRequest,
  {
    cwd,
    env,
    signal,
    silenceMs = SILENCE_MS,
  }: {
    cwd: string;
    env: Readonly<Record<string, string | undefined>>;
    signal: AbortSignal;
    silenceMs?: number;
  },
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  let current = 'definition';
  let isDone = false;
  const end = await runChild(workerEntry(import.meta.url, './contract-entry'), {
    args: [JSON.stringify(request)],
    cwd,
    env,
    silenceMs,
    signal,
    onMessage(message) {
      const told = message as ContractMessage;
      if (told.kind === 'begin') current = told.name;
      else if (told.kind === 'done') isDone = true;
      else results.push({ name: told.name, result: told.result, detail: shown(told.detail) });
    },
  });
  signal.throwIfAborted();
  if (isDone) return results;
  const detail =
    end.cutOff !== null
      ? `it did not come back within ${silenceMs / 1_000} s, and was cut off`
      : `it ended its process with exit code ${end.exitCode ?? 'unknown'}${end.output === '' ? '' : `: ${end.output}`}`;
  return [...results, { name: current, result: 'fail', detail: shown(detail) }];
}

export function shown(text: string): string {
  return capText(oneLine(text), MAX_DETAIL_LENGTH);
}
