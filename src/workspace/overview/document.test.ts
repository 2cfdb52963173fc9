import { describe, expect, it } from 'vitest';
import { addApiUpdates } from './api-update.ts';
import { overviewDocument } from './document.ts';

describe('overviewDocument', () => {
  it('is one document, whatever the project is called', () => {
    const text = overviewDocument('shop\n## Owned\n<!-- rearguard:begin x -->');
    expect(text.match(/^#{1,2} .*$/gm)).toEqual([
      expect.stringMatching(/^# Project overview: shop /),
      '## How to write here',
    ]);
    expect(text).not.toContain('<!--');
  });

  it('takes API updates at its end', () => {
    const change = { method: 'GET', path: '/a', kind: 'removed', changes: [] } as const;
    const document = overviewDocument('shop');
    const { text } = addApiUpdates(document, [{ change, example: null }], { reason: null, timeline: null });
    expect(text.startsWith(document)).toBe(true);
  });
});
