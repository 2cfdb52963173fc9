/** The process in which a module is loaded for the first time: it may loop, leak, flood or end it. It speaks over its channel. */
import { setTimeout as sleep } from 'node:timers/promises';
import { importModule } from '../../config/read-module.ts';
import { asForeignCode } from '../../platform/foreign-code.ts';
import { endWithParent } from '../../platform/parent-watch/end-with-parent.ts';
import { BEAT_MS, type TrialMessage } from './trial.ts';

const tell = (message: TrialMessage): void => void process.send?.(message);
/** For what it begins to do as soon as it was loaded. */
const LINGER_MS = 20;

const [, , path = '', compiledFolder = null] = process.argv;
let isBack = false;

endWithParent();
tell('begins');
// Neither keeps the process, so that one with nothing left to wait for is seen.
setInterval(() => tell('alive'), BEAT_MS).unref();
process.once('beforeExit', () => isBack || tell('stuck'));

const back = async (): Promise<void> => {
  isBack = true;
  await sleep(LINGER_MS);
  tell('back');
};
// One that throws came back as well; why it throws is told where it is imported for good.
asForeignCode(() => importModule(path, { compiledFolder })).then(back, back);
