import { fromArgument } from './launch-arguments.ts';
import { runLive } from './process.ts';

/** The process of one live run. Nobody reads what it prints: it speaks through the store. */
runLive(fromArgument(process.argv[2])).then(
  () => process.exit(0),
  () => process.exit(1),
);
