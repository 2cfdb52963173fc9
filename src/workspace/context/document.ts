import { escapeMarkdown } from '../../core/markdown.ts';
import { type Region, writeRegions } from '../regions.ts';
import {
  HELP_TEXT,
  PROBLEMS_TEXT,
  SECURITY_TEXT,
  SUCCESS_TEXT,
  UPKEEP_TEXT,
  USAGE_TEXT,
} from './document-text.ts';
import type { ContextFacts } from './facts.ts';
import { contextRegions } from './regions.ts';

/**
 * The first AI-CONTEXT.md. What stands outside of the regions is a beginning for the team, written once and theirs from then
 * on; a refresh gives the very same regions as long as the facts are the same.
 */
export function contextDocument(facts: ContextFacts): string {
  return fill(skeleton(facts.project?.name.value ?? 'this backend'), contextRegions(facts));
}

function skeleton(project: string): string {
  return `# Backend AI Context & Tool Catalog: ${escapeMarkdown(project)}

What people and AI agents have to know of this backend before they work on it. Parts between \`rearguard:begin\` and
\`rearguard:end\` are generated from the code, the tools and measurements, and refresh themselves: change the code, the config
or the knowledge instead. Everything else is the team's. \`rearguard workspace check\` tells whether it is all still true.

**Your Role as AI Agent**: keep this backend fast, reliable and secure. Measure before and after each change, prove a fix with
\`rearguard verify <id>\`, and leave behind what the next one needs: a lesson, a better tool, a session update.

The application's own code stays where it is; this folder holds tools and knowledge only.

## Your Project Setup

${placeOf('setup')}
${placeOf('status')}

### Key API Endpoints

${placeOf('endpoints')}

### Performance Targets

${placeOf('targets')}

## Your Actual Code Structure

${placeOf('structure')}

${PROBLEMS_TEXT}
${SUCCESS_TEXT}
${HELP_TEXT}
## AI Tool Catalog & Backend Mastery

### Available Tools (tools/)

${placeOf('tools')}

${USAGE_TEXT}
## What Is Wrong Now

${placeOf('findings')}

## Knowledge

${placeOf('knowledge')}

## Recent Sessions

${placeOf('sessions')}

${UPKEEP_TEXT}
${SECURITY_TEXT}`;
}

function placeOf(name: string): string {
  return `<!-- rearguard:begin ${name} -->\n<!-- rearguard:end ${name} -->`;
}

function fill(text: string, regions: readonly Region[]): string {
  return writeRegions(text, regions, { path: 'AI-CONTEXT.md' });
}
