import { closingBracket, type Span } from './calls.ts';
import type { Source } from './source.ts';

export interface Decorator {
  name: string;
  offset: number;
  /** Offset of its `(`; null where it has none. */
  open: number | null;
}

/** Decorators that stand together, and where what they decorate begins. */
export interface Decorated {
  decorators: readonly Decorator[];
  target: number;
}

/** Decorators of JavaScript and annotations of Java, in the order of the file; those inside the brackets of another are left out. */
export function decoratedIn(source: Source): Decorated[] {
  const groups: Decorated[] = [];
  const start = /@([A-Za-z_][\w.]*)/g;
  for (let match = start.exec(source.mask); match !== null; match = start.exec(source.mask)) {
    const decorators: Decorator[] = [];
    let at = match.index;
    for (;;) {
      const [whole, name = ''] = /^@([A-Za-z_][\w.]*)/.exec(source.mask.slice(at, at + 200)) ?? [];
      if (whole === undefined) break;
      const behind = at + whole.length;
      const space = /^\s*/.exec(source.mask.slice(behind, behind + 200))?.[0].length ?? 0;
      const open = source.mask[behind + space] === '(' ? behind + space : null;
      decorators.push({ name, offset: at, open });
      const end = open === null ? behind : closingBracket(source, open) + 1;
      at = end + (/^\s*/.exec(source.mask.slice(end, end + 1_000))?.[0].length ?? 0);
    }
    groups.push({ decorators, target: at });
    start.lastIndex = Math.max(at, match.index + 1);
  }
  return groups;
}

export interface DecoratedClass extends Decorated {
  name: string;
  body: Span;
  members: readonly Decorated[];
}

/** Classes with decorators, and what is decorated in them. */
export function decoratedClasses(source: Source): DecoratedClass[] {
  const groups = decoratedIn(source);
  return groups.flatMap((group) => {
    const [head, name = ''] =
      /^(?:(?:export|default|public|protected|private|internal|static|abstract|final|sealed|open|data)\s+)*class\s+(\w+)/.exec(
        source.mask.slice(group.target, group.target + 300),
      ) ?? [];
    if (head === undefined) return [];
    const open = source.mask.indexOf('{', group.target + head.length);
    if (open === -1) return [];
    const body = { from: open, to: closingBracket(source, open) };
    return [
      {
        ...group,
        name,
        body,
        members: groups.filter(({ target }) => target > body.from && target < body.to),
      },
    ];
  });
}
