/**
 * The least B-tree that is valid: a meta page and one page for each level, with no entry in the leaf. The planner reads the
 * height off the meta page, and looks for the ends of the index through the levels. Layout as in
 * src/include/access/nbtree.h and src/include/storage/bufpage.h, version 4, the same from 12 to 18; little endian, as all
 * machines are that embedded PostgreSQL runs on.
 */

const PAGE_BYTES = 8_192;
const HEADER_BYTES = 24;
const SPECIAL_BYTES = 16;
const LAYOUT_VERSION = 4;

const MAGIC = 0x05_31_62;
const VERSION = 4;
/** Offsets in the meta page. */
const META = { magic: 24, version: 28, root: 32, level: 36, fastRoot: 40, fastLevel: 44 } as const;
const FLAG = { leaf: 1, root: 2 } as const;
/** The tuple's item pointer holds a number of attributes (INDEX_ALT_TID_MASK): none, so it is less than every key. */
const MINUS_INFINITY_BYTES = 8;
const ALTERNATIVE_POINTER = 0x20_00;

/** Whether this is the meta page of an empty B-tree in the layout that we write; anything else must be left alone. */
export function isEmptyMetaPage(page: Buffer): boolean {
  return (
    page.length === PAGE_BYTES &&
    page.readUInt16LE(18) === (PAGE_BYTES | LAYOUT_VERSION) &&
    page.readUInt32LE(META.magic) === MAGIC &&
    page.readUInt32LE(META.version) === VERSION &&
    page.readUInt32LE(META.root) === 0
  );
}

/**
 * @param emptyMeta the meta page as the server made it for the empty index
 * @param height levels above the leaves
 * @returns the first `height + 2` pages of the index
 */
export function btreeSkeleton(emptyMeta: Buffer, height: number): Buffer {
  const meta = Buffer.from(emptyMeta);
  for (const root of [META.root, META.fastRoot]) meta.writeUInt32LE(1, root);
  for (const level of [META.level, META.fastLevel]) meta.writeUInt32LE(height, level);
  const levels = Array.from({ length: height + 1 }, (_, index) =>
    levelPage(height - index, index + 1, height),
  );
  return Buffer.concat([meta, ...levels]);
}

/** The only page of its level; an inner one leads to the next. */
function levelPage(level: number, block: number, height: number): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  const special = PAGE_BYTES - SPECIAL_BYTES;
  const inner = level > 0;
  const upper = inner ? special - MINUS_INFINITY_BYTES : special;
  page.writeUInt16LE(HEADER_BYTES + (inner ? 4 : 0), 12);
  page.writeUInt16LE(upper, 14);
  page.writeUInt16LE(special, 16);
  page.writeUInt16LE(PAGE_BYTES | LAYOUT_VERSION, 18);
  if (inner) {
    // A line pointer: offset, the flag "normal", length.
    page.writeUInt32LE((upper | (1 << 15) | (MINUS_INFINITY_BYTES << 17)) >>> 0, HEADER_BYTES);
    page.writeUInt16LE((block + 1) >>> 16, upper);
    page.writeUInt16LE((block + 1) & 0xff_ff, upper + 2);
    page.writeUInt16LE(MINUS_INFINITY_BYTES | ALTERNATIVE_POINTER, upper + 6);
  }
  page.writeUInt32LE(level, special + 8);
  page.writeUInt16LE((inner ? 0 : FLAG.leaf) | (level === height ? FLAG.root : 0), special + 12);
  return page;
}

/** A page of an inner level is filled to this share when an index is built. */
const INNER_FILL = 0.7;

/**
 * Levels above the leaves of an index of so many pages. What keeps inner pages small (cut-off keys) is not known, so it may
 * be one too many for wide keys: 50 operator costs.
 *
 * @param keyBytes average width of the key
 */
export function btreeHeight(pages: number, keyBytes: number): number {
  const aligned = Math.ceil(Math.max(1, keyBytes) / 8) * 8;
  const perPage = Math.max(
    4,
    Math.floor(((PAGE_BYTES - HEADER_BYTES - SPECIAL_BYTES) * INNER_FILL) / (aligned + 12)),
  );
  let height = 0;
  for (let left = pages - 1; left > 1; left = Math.ceil(left / perPage)) height += 1;
  return height;
}
