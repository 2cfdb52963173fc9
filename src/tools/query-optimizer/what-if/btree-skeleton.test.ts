import { describe, expect, it } from 'vitest';
import { btreeHeight, btreeSkeleton, isEmptyMetaPage } from './btree-skeleton.ts';

/** As PostgreSQL 18 writes it; that the pages mean the same to a server is tested with the ghost. */
function emptyMeta(): Buffer {
  const page = Buffer.alloc(8_192);
  page.writeUInt16LE(8_192 | 4, 18);
  page.writeUInt32LE(0x05_31_62, 24);
  page.writeUInt32LE(4, 28);
  return page;
}

describe('the skeleton of a B-tree', () => {
  it('is the meta page and one page a level', () => {
    const pages = btreeSkeleton(emptyMeta(), 2);
    expect(pages.length).toBe(4 * 8_192);
    expect(isEmptyMetaPage(pages.subarray(0, 8_192))).toBe(false);
    expect([40, 44].map((offset) => pages.readUInt32LE(offset))).toEqual([1, 2]);
    // Levels from the root down, with the flags root and leaf where they belong.
    const special = (page: number): number => page * 8_192 + 8_176;
    expect([1, 2, 3].map((page) => pages.readUInt32LE(special(page) + 8))).toEqual([2, 1, 0]);
    expect([1, 2, 3].map((page) => pages.readUInt16LE(special(page) + 12))).toEqual([2, 0, 1]);
  });

  it('is written over nothing but an empty B-tree in the layout that is known', () => {
    expect(isEmptyMetaPage(emptyMeta())).toBe(true);
    const newer = emptyMeta();
    newer.writeUInt32LE(5, 28);
    expect(isEmptyMetaPage(newer)).toBe(false);
    expect(isEmptyMetaPage(Buffer.alloc(8_192))).toBe(false);
  });

  it.each([
    [1, 8, 0],
    [2, 8, 0],
    [7, 4, 1],
    [276, 8, 1],
    [2_745, 8, 2],
    [274_000, 8, 3],
  ])('of %i pages with keys of %i bytes has %i levels above its leaves', (pages, keyBytes, height) => {
    expect(btreeHeight(pages, keyBytes)).toBe(height);
  });
});
