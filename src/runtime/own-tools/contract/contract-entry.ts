import { toRearguardError } from '../../../core/errors.ts';
import { endWithParent } from '../../../platform/parent-watch/end-with-parent.ts';
import { checkTool } from './check-tool.ts';
import type { ContractMessage, ContractRequest } from './types.ts';

/** The process in which one tool is checked: the tool may loop, flood or end it. It speaks over its channel. */
const tell = (message: ContractMessage): void => void process.send?.(message);

endWithParent();
checkTool(JSON.parse(process.argv[2] ?? '') as ContractRequest, process.env, tell)
  .catch((thrown: unknown) => {
    const { message } = toRearguardError(thrown);
    tell({ kind: 'result', name: 'definition', result: 'fail', detail: message });
    tell({ kind: 'done' });
  })
  .finally(() => {
    // What the tool left running must not keep the process.
    if (process.send) process.disconnect();
    process.exit(0);
  });
