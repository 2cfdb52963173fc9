import { createJsonMembers, JSON_KIND, type JsonMembers, nextMember, openObject } from './members.ts';
import { type LayoutNode, ROLE_COUNT } from './layout.ts';

/** Where the values of a record's roles stand. One object per format, filled anew. */
export interface RoleValues {
  /** Of each role: offsets of its value; start -1 where there is none. */
  start: Int32Array;
  end: Int32Array;
  kind: Uint8Array;
  isEscaped: Uint8Array;
  rank: Int16Array;
  /** Roles that were found. */
  found: number;
  levels: readonly JsonMembers[];
}

export function createRoleValues(): RoleValues {
  return {
    start: new Int32Array(ROLE_COUNT).fill(-1),
    end: new Int32Array(ROLE_COUNT),
    kind: new Uint8Array(ROLE_COUNT),
    isEscaped: new Uint8Array(ROLE_COUNT),
    rank: new Int16Array(ROLE_COUNT),
    found: 0,
    levels: [createJsonMembers(), createJsonMembers(), createJsonMembers()],
  };
}

/** Hot. One pass over the object at `start`; false when there is none. */
export function readRoles(
  values: RoleValues,
  layout: LayoutNode,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  for (let role = 0; role < ROLE_COUNT; role += 1) values.start[role] = -1;
  values.found = 0;
  return walk(values, layout, bytes, start, end, 0);
}

function walk(
  values: RoleValues,
  layout: LayoutNode,
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
): boolean {
  const members = values.levels[depth];
  if (members === undefined || !openObject(members, bytes, start, end)) return false;
  const { keys, roles, ranks, children } = layout;
  while (nextMember(members)) {
    const index = keys.find(bytes, members.keyStart, members.keyEnd);
    if (index === -1) continue;
    const { kind } = members;
    if (kind === JSON_KIND.object) {
      const child = children[index];
      if (child !== null && child !== undefined) {
        walk(values, child, bytes, members.valueStart, members.valueEnd, depth + 1);
        continue;
      }
    }
    const role = roles[index]!;
    if (role === -1 || isNothing(members)) continue;
    if (values.start[role] === -1) values.found += 1;
    else if (ranks[index]! >= values.rank[role]!) continue;
    values.rank[role] = ranks[index]!;
    values.start[role] = members.valueStart;
    values.end[role] = members.valueEnd;
    values.kind[role] = kind;
    values.isEscaped[role] = members.isEscaped ? 1 : 0;
  }
  return true;
}

/** `null`, `true` and `false` say nothing that a role wants; nor does an empty string. */
function isNothing(members: JsonMembers): boolean {
  if (members.kind === JSON_KIND.string) return members.valueStart === members.valueEnd;
  if (members.kind !== JSON_KIND.other) return false;
  const first = members.bytes[members.valueStart];
  return first === 0x6e || first === 0x74 || first === 0x66;
}
