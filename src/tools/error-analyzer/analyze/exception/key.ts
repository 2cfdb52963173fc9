import { fingerprintOf } from '../../../../core/fingerprint.ts';
import type { ParsedTrace } from '../../../_shared/logs/trace/types.ts';
import { applySourceMaps, type LocalSourceMap } from './apply-source-maps.ts';
import { type Blame, blamedFrames } from './blame.ts';
import type { InAppRules } from './in-app.ts';
import { isGenericType, messageKey, type MessageShape } from './message.ts';
import { memberOf } from './member.ts';
import { culpritOf, titleOf } from './title.ts';

/** Moves when the same trace would get another key. */
const SCHEMA_VERSION = 1;

/** Plain data: it may go to another thread. */
export interface ExceptionKeyOptions {
  rules?: InAppRules;
  /** Maps of bundles, where there are some: a bundle's trace then has the key of its source. */
  sourceMaps?: readonly LocalSourceMap[];
}

export interface ExceptionKey {
  /** 16 hex: the bug. */
  exact: string;
  /** 16 hex: type and place alone; errors of the same coarse key are shown together. */
  coarse: string;
  /** `TypeError: Cannot read properties of undefined`. Not redacted. */
  title: string;
  /** `OrderService.place (orders/service.ts)`; null where no frame is known. */
  culprit: string | null;
  /** What the exact key was made of, in order, and why. */
  explanation: readonly string[];
}

/**
 * Two events are the same bug when the root cause has the same type and was thrown at the same place of the application. Line numbers, deploy directories,
 * frameworks around it and exceptions that wrap it do not count. The message counts only where type and place tell too little.
 */
export function exceptionKey(
  asPrinted: ParsedTrace,
  shapeOf: (message: string) => MessageShape,
  { rules, sourceMaps = [] }: ExceptionKeyOptions = {},
): ExceptionKey {
  const trace = sourceMaps.length === 0 ? asPrinted : applySourceMaps(asPrinted, sourceMaps);
  const root = trace.chain.at(-1)!;
  const blame = blamedFrames(trace, rules);
  const shape = shapeOf(firstLine(root.message));
  const type = typeKey(root.type);
  const places = blame.frames.map(({ key }) => key);
  const why = messageReason(root.type, blame);
  const member = memberOf(root.message);
  const words = why === null ? (member ?? '') : messageKey(shape.canonical);
  return {
    exact: hashOf([trace.runtime, type, ...places, words]),
    coarse: hashOf([trace.runtime, type, places[0] ?? words]),
    title: titleOf(trace, shape),
    culprit: culpritOf(blame, trace.runtime),
    explanation: [
      `type of the root cause: ${type === '' ? 'none' : type}`,
      ...blame.frames.map(({ key, because }) => `frame: ${key} (${because})`),
      messageLine(why, words),
    ],
  };
}

/** Without an address of generated classes, and without Ruby's and PHP's leading separators. */
function typeKey(type: string): string {
  // A panic and an error that is only printed may be the same one.
  if (type === 'panic') return '';
  return type.replace(/^(?:::|\\)/u, '').replace(/(?<=class@anonymous|#<Class:)0x[0-9a-f]+.*/u, '');
}

/** Messages over several lines go on with data: requests, rows, source. */
function firstLine(message: string): string {
  return message.trimStart().split('\n', 1)[0]!;
}

function messageLine(why: string | null, words: string): string {
  if (why !== null) return `message: ${words} (${why})`;
  if (words !== '') return `member: ${words} (the runtime names what was asked for)`;
  return 'message: left out, type and place tell enough';
}

function messageReason(type: string, blame: Blame): string | null {
  if (!blame.inApp) return 'no frame of the application';
  if (!blame.specific) return 'no frame names a function of its own';
  return isGenericType(type) ? 'the type is used for everything' : null;
}

function hashOf(parts: readonly string[]): string {
  return fingerprintOf([`exception/${SCHEMA_VERSION}`, ...parts]).slice(0, 16);
}
