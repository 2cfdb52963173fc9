/** What the tests of a tool of your own import from `rearguard/testing`. */
export { type Backend, type Reply, startBackend } from './runtime/own-tools/testing/backend.ts';
export { type FakeClock, fakeClock } from './runtime/own-tools/testing/fake-clock.ts';
export { coversRule, openFindings, reportErrors } from './runtime/own-tools/testing/matchers.ts';
export { runTool, type ToolRuns, type ToolSetting, withTool } from './runtime/own-tools/testing/run-tool.ts';
