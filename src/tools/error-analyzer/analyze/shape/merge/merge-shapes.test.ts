import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainShape } from '../explain.ts';
import type { ShapeEdge } from '../types.ts';
import { mergeShapes, type MergeableShape } from './merge-shapes.ts';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy'];

function shapesOf(lines: readonly string[]): MergeableShape[] {
  const shapes = new Map(lines.map((line) => [explainShape(line).shape.key, explainShape(line).shape]));
  return [...shapes.values()];
}

function keyOf(line: string): string {
  return explainShape(line).shape.key;
}

/** Sets of lines that are in one group, as text; lines alone left out. */
function groupsOf(lines: readonly string[], edges: readonly ShapeEdge[]): string[] {
  const parents = new Map(edges.map(({ child, parent }) => [child, parent]));
  const rootOf = (key: string): string => {
    const parent = parents.get(key);
    return parent === undefined ? key : rootOf(parent);
  };
  const groups = new Map<string, Set<string>>();
  for (const line of lines) {
    const root = rootOf(keyOf(line));
    groups.set(root, (groups.get(root) ?? new Set()).add(line));
  }
  return [...groups.values()]
    .filter(({ size }) => size > 1)
    .map((group) => [...group].toSorted((one, other) => (one < other ? -1 : 1)).join(' | '))
    .toSorted((one, other) => (one < other ? -1 : 1));
}

function merged(lines: readonly string[]): string[] {
  return groupsOf(lines, mergeShapes(shapesOf(lines), []));
}

describe('merging shapes', () => {
  it('takes a word for a value once enough others were seen in its place', () => {
    const lines = NAMES.map((name) => `mail to ${name} could not be delivered`);
    expect(merged(lines)).toHaveLength(1);
    expect(merged(lines.slice(0, 2))).toEqual([]);
  });

  it('keeps apart what differs in what happened, however often it was seen', () => {
    const words = [
      'started',
      'stopped',
      'paused',
      'resumed',
      'killed',
      'created',
      'deleted',
      'locked',
      'unlocked',
    ];
    expect(merged(words.map((word) => `virtual machine of the shop was ${word}`))).toEqual([]);
  });

  it('takes a word of state for a name where anything may stand', () => {
    const lines = [...NAMES, 'deploy'].map((name) => `unknown user ${name} from 10.0.0.1 refused`);
    expect(merged(lines)).toHaveLength(1);
  });

  it('carries what was counted in one message over to the next', () => {
    const counted = NAMES.map((name) => `mail to user ${name} could not be delivered`);
    const known = ['alice', 'bob'].map((name) => `the order of user ${name} was lost`);
    const others = ['xerxes', 'yolanda'].map((name) => `the order of user ${name} was lost`);
    expect(merged([...counted, ...known])).toHaveLength(2);
    expect(merged([...counted, ...others])).toHaveLength(1);
  });

  it('never merges two lines of which nothing would be left', () => {
    expect(merged(NAMES.map((name) => `${name} failed`))).toEqual([]);
  });

  it('finds the header that stands before every message', () => {
    const components = ['web', 'mail', 'cart'];
    const messages = [
      'cannot reach the cache',
      'template is missing',
      'slow answer of the database',
      'queue grows',
    ];
    const lines = components.flatMap((component) =>
      messages.map((message) => `[2026-01-02 03:04:05] ${component}.worker - ${message}`),
    );
    expect(merged(lines)).toHaveLength(messages.length);
    const telling = lines.map((line, index) =>
      line.replace('.worker', index % 2 === 0 ? ' Stopped' : ' Started'),
    );
    expect(merged(telling).filter((group) => group.includes('Stopped') && group.includes('Started'))).toEqual(
      [],
    );
  });

  it('says why, and who was first', () => {
    const lines = NAMES.map((name) => `mail to ${name} could not be delivered`);
    const edges = mergeShapes(shapesOf(lines), []);
    expect(edges).toHaveLength(NAMES.length - 1);
    expect(new Set(edges.map(({ parent }) => parent))).toEqual(new Set([keyOf(lines[0] as string)]));
    expect(edges[0]?.reason).toEqual({ kind: 'varying-word', position: 2, distinct: 10, needed: 5 });
  });

  it('adds nothing to edges that say it all, and keeps their parent', () => {
    const lines = NAMES.map((name) => `mail to ${name} could not be delivered`);
    const edges = mergeShapes(shapesOf(lines), []);
    expect(mergeShapes(shapesOf(lines), edges)).toEqual([]);
    const later = [...lines.slice(1).toReversed(), 'mail to zoe could not be delivered'];
    expect(mergeShapes(shapesOf(later), edges)).toMatchObject([
      { child: keyOf('mail to zoe could not be delivered'), parent: keyOf(lines[0] as string) },
    ]);
  });

  it('does not hang on stored edges that go in a ring', () => {
    const [one, two] = ['a b c d', 'a b c e'].map(keyOf) as [string, string];
    const reason = { kind: 'absorbed', position: 0, distinct: 1, needed: 1 } as const;
    const ring = [
      { child: one, parent: two, reason },
      { child: two, parent: one, reason },
    ];
    expect(() => mergeShapes(shapesOf(['a b c d', 'a b c e']), ring)).not.toThrow();
  });

  it('groups alike in every order of lines', () => {
    const verbs = ['refused', 'accepted'];
    const places = ['berlin', 'paris', 'rome', 'oslo'];
    const lines = NAMES.flatMap((name) =>
      verbs.flatMap((verb) => places.map((place) => `offer of ${name} for a house in ${place} was ${verb}`)),
    );
    const expected = merged(lines);
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
        expect(merged(shuffled)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
    expect(expected).toHaveLength(2);
  });
});
