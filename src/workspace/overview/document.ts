import { escapeMarkdown } from '../../core/markdown.ts';

/** The first AI-PROJECT-OVERVIEW.md: what others read of the backend. The team's from then on; API updates are added to it. */
export function overviewDocument(project: string): string {
  return `# Project overview: ${escapeMarkdown(project)}

What people and agents outside of the backend have to know of it: changes of the API for the front end, and what admin
pages need. How the backend itself stands is in \`AI-CONTEXT.md\` beside this file.

## How to write here

- A changed endpoint: \`rearguard overview api-update --before git:HEAD\` writes its entry from two versions of the OpenAPI
  document. Complete the reason and the timeline.
- Something that admin pages need: copy the form below, and delete it once it is built.

### Form of an admin API need

- **Purpose**: what somebody who runs the service wants to do, and cannot do yet
- **Endpoints**: method and path of each, new ones marked
- **Security**: who may call it, and how that is checked and logged
- **Data Volume**: rows and bytes of one answer at today's size, and in a year
`;
}
