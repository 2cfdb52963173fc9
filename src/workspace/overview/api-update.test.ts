import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addApiUpdates, apiUpdateEntry, type ApiUpdate } from './api-update.ts';

const UPDATE: ApiUpdate = {
  change: {
    method: 'GET',
    path: '/users/{id}',
    kind: 'changed',
    changes: [
      {
        compatibility: 'breaking',
        place: 'response 200 body.email',
        what: 'is gone',
        migration: 'Stop reading response 200 body.email.',
      },
    ],
  },
  example: { status: '200', value: { id: 1 }, source: 'schema' },
};
const NOTES = { reason: 'privacy', timeline: null };

describe('apiUpdateEntry', () => {
  it('has what the founding document asks for', () => {
    expect(apiUpdateEntry(UPDATE, NOTES)).toMatchInlineSnapshot(`
      "## API Update: GET /users/{id}
      <!-- api-update e8679f19f92a -->
      **Change**:
      - \`response 200 body.email\` is gone (breaking)

      **Reason**: privacy

      **Breaking Change**: Yes. Migration plan:

      1. Stop reading response 200 body.email.

      **New Response Format** (200, made from its schema):

      \`\`\`json
      {
        "id": 1
      }
      \`\`\`

      **Timeline**: not said yet
      "
    `);
  });

  it('lets no word of the document become a heading or end the code', () => {
    const evil = '\n## Owned\n```\n<!-- api-update 0 -->';
    const change = {
      ...UPDATE.change,
      path: `/a${evil}`,
      changes: [{ ...UPDATE.change.changes[0]!, what: evil }],
    };
    const entry = apiUpdateEntry(
      { change, example: { status: '200', value: evil, source: 'document' } },
      NOTES,
    );
    expect(entry).not.toMatch(/^ *## Owned/m);
    expect(entry.match(/^<!--/gm)).toHaveLength(1);
  });
});

describe('addApiUpdates', () => {
  it('writes an entry once, the newest first, also after people completed it', () => {
    const first = addApiUpdates('# Overview\n\nBy hand.\n', [UPDATE], NOTES);
    expect(first.added).toBe(1);
    expect(first.text).toMatch(/^# Overview\n\nBy hand\.\n\n## API Update: GET \/users\/\{id\}\n/);
    const completed = first.text.replace('not said yet', 'next Monday');
    expect(addApiUpdates(completed, [UPDATE], NOTES)).toEqual({ text: completed, added: 0 });
    const other = { ...UPDATE, change: { ...UPDATE.change, path: '/orders' } };
    const second = addApiUpdates(completed, [other, UPDATE], NOTES);
    expect(second.added).toBe(1);
    expect(second.text.indexOf('/orders')).toBeLessThan(second.text.indexOf('/users'));
  });

  it('takes a heading in a fenced block or a comment for what it is', () => {
    const example = '```\n## API Update: not one\n```\n<!--\n## API Update: nor this\n-->\n';
    expect(addApiUpdates(example, [UPDATE], NOTES).text.startsWith(example)).toBe(true);
  });

  it('keeps what stands there byte for byte', () => {
    const line = fc.constantFrom(
      '',
      'text',
      '## API Update: old',
      '```',
      '# Title',
      '<!-- x',
      '-->',
      'é\u2028',
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), (lines, lineEnd) => {
        const document = lines.join(lineEnd);
        const { text } = addApiUpdates(document, [UPDATE], NOTES);
        const inserted = text.length - document.length;
        const places = Array.from({ length: document.length + 1 }, (_, at) => at);
        expect(places.some((at) => text.slice(0, at) + text.slice(at + inserted) === document)).toBe(true);
      }),
    );
  });
});
