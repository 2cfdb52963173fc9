import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemFiles } from '../platform/files.ts';
import { readProject } from './read-project.ts';
import { type ExpectedFacts, scoreFacts } from './test-support/fact-lines.ts';

const BACKENDS = join(import.meta.dirname, '../../test/fixtures/backends');

describe('readProject', () => {
  it.each(readdirSync(BACKENDS))('finds what a person would list of %s, and nothing else', async (name) => {
    const root = join(BACKENDS, name);
    const expected = JSON.parse(readFileSync(join(root, 'expected.json'), 'utf8')) as ExpectedFacts;
    const facts = await readProject(root, systemFiles, new AbortController().signal);
    const { missing, invented } = scoreFacts(facts, expected);
    expect({ missing, invented }).toEqual({ missing: [], invented: [] });
  });
});
