import type { LogLevelName } from '../../../../core/log/level.ts';
import type { GroupKind } from '../model.ts';

/** A group as rules see it: what is known of it without its records, and therefore the same in every window. */
export interface RuledGroup {
  id: string;
  kind: GroupKind;
  title: string;
  culprit: string | null;
  level: LogLevelName;
  firstMs: number;
}

/** What a rule can match by; empty where a group has none. */
export interface GroupFacts {
  type: string;
  message: string;
  path: string;
  function: string;
  module: string;
  logger: string;
  level: string;
}

/** Title and culprit are made of these parts: see `titleOf` and `culpritOf` of exceptions. */
export function factsOf({ kind, title, culprit, level }: RuledGroup): GroupFacts {
  if (kind === 'message')
    return { type: '', message: title, path: '', function: '', module: '', logger: culprit ?? '', level };
  const colon = title.indexOf(': ');
  const hasType = colon !== -1 && !title.slice(0, colon).includes(' ');
  const isTypeAlone = colon === -1 && !title.includes(' ');
  const place = culprit ?? '';
  const bracket = place.endsWith(')') ? place.lastIndexOf(' (') : -1;
  const called = bracket === -1 ? place : place.slice(0, bracket);
  const dot = called.lastIndexOf('.');
  return {
    type: hasType ? title.slice(0, colon) : isTypeAlone ? title : '',
    message: hasType ? title.slice(colon + 2) : isTypeAlone ? '' : title,
    path: bracket === -1 ? '' : place.slice(bracket + 2, -1),
    function: called,
    module: dot === -1 ? '' : called.slice(0, dot),
    logger: '',
    level,
  };
}
