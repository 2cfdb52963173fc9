/** What the team's parts of AI-CONTEXT.md begin with. It names no framework: the team knows its own. */

export const PROBLEMS_TEXT = `## Common Problems We Face

Keep what really happens here and strike what does not; \`rearguard findings\` shows what was measured.

### Performance Issues
- **Slow queries**: one statement holds up a request. \`rearguard queries recommendations\`
- **N+1 problems**: a query for each row of a list. \`rearguard queries analyze --rule n-plus-one\`
- **Memory usage**: it grows under load and does not come back. \`rearguard load run\`
- **Cache misses**: the same expensive answer is made again and again

### Database Problems
- **Query optimization**: statements that read far more than they return
- **Migration issues**: a change of the schema that locks a table or cannot be taken back
- **Connection limits**: sessions that are opened and not given back. \`rearguard db current-state\`
- **Data consistency**: races between transactions, such as \`duplicate key value violates unique constraint\` when several
  people sign up in the same second

### Integration Issues
- **API errors**: wrong data or a wrong status code. \`rearguard errors analyze\`
- **Authentication failures**: logins that fail, permissions that are too wide or too narrow
- **External API problems**: a third party is slow or down. \`rearguard deps status\`
- **Frontend compatibility**: a changed answer breaks a page. \`rearguard overview api-update\` writes the notice
`;

export const SUCCESS_TEXT = `## What Good Success Looks Like

### For New API Endpoints
- Every input is answered: valid, missing, wrong and hostile ones
- The answer has the same envelope and status codes as its neighbours, and large sets come in pages
- It meets the targets above with several users at once: \`rearguard load quick-test\`
- Whoever must not call it cannot, and a test shows it

### For Bug Fixes
- The cause is named, not only the symptom, and it is gone for everybody: \`rearguard verify <id>\` ends with 0
- Nothing became slower: \`rearguard health post-deploy-check\`
- A test or a rule would catch it the next time, and \`docs/KNOWLEDGE.md\` says how it was found

### For Performance Work
- Figures before and after, of the same load: \`rearguard load before-after\`
- Answers are the same as before, failures no more frequent
- It holds at the rate of a busy day, not only for one call
`;

export const HELP_TEXT = `## How to Help Me Effectively

### When You're Helping with Backend Issues
1. **Read this file first**, then \`rearguard knowledge search <words>\`: it may be known
2. **Include specific error messages**: the exact text, with the time and the release
3. **Describe the conditions**: since when, how often, for whom, under which load
4. **Show what was tried**: commands with their results, and what they ruled out
5. **Say what success is**: a figure, or the command that must pass

### Example of a Good Request to You

\`\`\`text
PROBLEM: some sign-ups fail with "duplicate key value violates unique constraint" although the addresses differ.
WHEN IT HAPPENS: three or more sign-ups within a few seconds; about one in five fails; a retry works.
WHAT WAS CHECKED: the log shows the constraint on the address; requests carry different addresses; single ones never fail.
WHAT SUCCESS LOOKS LIKE: all concurrent valid sign-ups succeed, p95 stays under 300 ms, single sign-ups work as before.
\`\`\`
`;

export const USAGE_TEXT = `### Backend Tool Usage Patterns

Each block is also one command with one merged report: \`rearguard run daily\`, \`pre-deploy\`, \`post-deploy\`, \`optimize\`,
\`incident\`.

#### Daily Operations Workflow

\`\`\`bash
# Morning health check
node tools/api-health-monitor.js status
python tools/database-performance-tracker.py overnight-summary
node tools/error-analyzer.js analyze --since=24h

# Before deployments
python tools/security-scanner.py scan
node tools/api-contract-tester.js validate
python tools/migration-validator.py test

# After deployments
node tools/load-tester.js quick-test
node tools/api-health-monitor.js post-deploy-check
\`\`\`

#### Performance Optimization Sessions

\`\`\`bash
# Identify bottlenecks
python tools/database-performance-tracker.py analyze --deep
python tools/query-optimizer.py recommendations
node tools/api-health-monitor.js performance-report

# Test optimizations
node tools/load-tester.js before-after --baseline=baseline.json
\`\`\`

#### Incident Response

\`\`\`bash
node tools/error-analyzer.js emergency --live
node tools/dependency-health-checker.js status
python tools/database-performance-tracker.py incident-mode
\`\`\`

#### Investigations
1. Instruments on and a baseline kept: \`rearguard health baseline\`
2. A tool for just this problem where the others do not see it: \`rearguard tool new <name>\`
3. The cause with figures, then the fix with the instruments running and a way back ready
4. The lesson: \`rearguard knowledge add --from <finding>\`
`;

export const UPKEEP_TEXT = `## AI Workspace Documentation Standards

- Begin with \`rearguard session start "<what>"\`, note what you learn with \`rearguard session note "<text>"\`.
- End with \`rearguard session end\`: it writes the dated update with what really happened; complete what only you know.
- A lesson goes into \`docs/KNOWLEDGE.md\`; \`rearguard knowledge check\` tells what an entry still needs.
- A change that others feel goes into \`AI-PROJECT-OVERVIEW.md\`.
- What is no longer true here goes out: this file is read before every piece of work, so it stays short.
`;

export const SECURITY_TEXT = `## Security Checklist

### Input Validation
- [ ] Every input is checked for type, length and range at the edge, and refused with a clear message
- [ ] Statements take values as parameters, never as text
- [ ] Uploads and anything that calls out or costs much is limited by size and rate

### Authentication & Authorization
- [ ] Endpoints need a login unless they are meant for everybody, and check the role or the owner on each call
- [ ] Sessions change their id at login, end at logout, and their cookies are \`Secure\`, \`HttpOnly\` and \`SameSite\`
- [ ] Logins, failures and changes of rights are logged, without secrets

### Data Protection
- [ ] Sensitive data is encrypted where it rests and on its way; HTTPS everywhere
- [ ] CORS names the origins that are allowed
- [ ] Personal data is kept no longer than needed, and can be deleted
`;
