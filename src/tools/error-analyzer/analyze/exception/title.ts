import { capText, oneLine } from '../../../../core/text.ts';
import type { ParsedTrace, Runtime } from '../../../_shared/logs/trace/types.ts';
import type { Blame } from './blame.ts';
import { frameName, moduleKey } from './functions.ts';
import { displayPath } from './paths.ts';
import type { MessageShape } from './message.ts';

const MAX_TITLE = 200;

/** The root cause, and in brackets what it was told as where that differs: `ECONNREFUSED <*> (as OrderError)`. */
export function titleOf(trace: ParsedTrace, shape: MessageShape): string {
  const root = trace.chain.at(-1)!;
  const words = oneLine(shape.template);
  const type = root.type.replace(/^.*[./\\](?=[A-Z])/u, '');
  const title = [type, words].filter((part) => part !== '').join(': ');
  return capText(title === '' ? 'Unnamed exception' : title, MAX_TITLE);
}

/** Where it is from, for people: the frame the blame ends at. */
export function culpritOf({ frames }: Blame, runtime: Runtime): string | null {
  const frame = frames.at(-1)?.frame;
  if (frame === undefined) return null;
  const called = frameName(frame, runtime) || frame.function;
  const name = frame.module === null ? called : `${moduleKey(frame.module, runtime)}.${called}`;
  const place = frame.file === null ? '' : displayPath(frame.file);
  if (place === '') return name;
  return name === '' ? place : `${name} (${place})`;
}
