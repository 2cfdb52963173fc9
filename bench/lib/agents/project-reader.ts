import { systemFiles } from '../../../src/platform/files.ts';
import { readProject } from '../../../src/project/read-project.ts';
import type { ReadResult } from './real-projects.ts';

/** One process for one repository, so that its largest memory is that of this reading: `<root>`; the result is JSON on stdout. */
const [root = ''] = process.argv.slice(2);
const startMs = performance.now();
const facts = await readProject(root, systemFiles, new AbortController().signal);
const result: ReadResult = {
  facts,
  seconds: (performance.now() - startMs) / 1_000,
  maxMemoryMb: process.resourceUsage().maxRSS / 1_024,
};
process.stdout.write(JSON.stringify(result));
