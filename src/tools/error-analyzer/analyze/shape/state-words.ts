/**
 * Words that say what happened. Two lines that differ in one of them are two different things, however often each was seen: a merge of `VM started` and
 * `VM paused` hides the only word that mattered. Stems; inflections are cut off before looking.
 */
const STEMS = new Set(
  (
    'start stop paus resum suspend open clos connect disconnect reconnect attach detach mount unmount load unload add remov creat delet insert updat ' +
    'drop enabl disabl activat deactivat lock unlock acquir releas allocat free grant den deny reject accept allow permit refus block unblock succeed success ' +
    'successful fail failur ok error warn warning fatal critical healthy unhealthy degrad recover lost los found miss miss missing begin began end finish complet ' +
    'abort cancel kill crash exit terminat die died dead alive up down on off online offline true fals yes no enter leav left join login logout logon ' +
    'logoff regist deregist unregist subscrib unsubscrib bind unbind commit rollback promot demot elect leader follower primary secondary master slave standby ' +
    'active inactiv valid invalid expir renew revok throttl retry retri timeout timed sent send receiv read writ written push pull upload download encod decod ' +
    'encrypt decrypt increas decreas rise rose fall fell high low full empty sync unsync ready busy idle wait running run launch restart reboot shutdown ' +
    'attempt skip ignor reach unreach reachabl unreachabl availabl unavailabl readabl writabl request respons respond schedul unschedul deploy undeploy install uninstall ' +
    'not never without cannot'
  ).split(' '),
);

const ENDINGS = 'ing ed es s e er ure ation ion fully ly ment ied y d al en'.split(' ');

const WITHIN = /[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/;

/**
 * Whether a word of a message says what happened: `started`, `ACTION_UP`, `authFailed`. In a word of several parts the first or the last says so; a dotted
 * one is a name.
 */
export function isStateWord(word: string): boolean {
  if (word.length > 64 || word.includes('.')) return false;
  const parts = word.split(WITHIN);
  return isState(parts[0] ?? '') || isState(parts.at(-1) ?? '');
}

function isState(word: string): boolean {
  if (word.length > 20) return false;
  const lower = word.toLowerCase();
  return (
    STEMS.has(lower) ||
    ENDINGS.some((ending) => lower.endsWith(ending) && hasStem(lower.slice(0, -ending.length)))
  );
}

/** `on` and `up` have no inflections. */
function hasStem(stem: string): boolean {
  if (stem.length < 3) return false;
  if (STEMS.has(stem)) return true;
  // `stopped`, `dropping`: the last consonant doubled.
  const last = stem.length - 1;
  return last > 2 && stem.charAt(last) === stem.charAt(last - 1) && STEMS.has(stem.slice(0, last));
}

const LEVELS = new Set(
  'trace debug verbose info notice warn warning error err severe fatal critical crit alert emerg emergency panic'.split(
    ' ',
  ),
);

export function isLevelWord(word: string): boolean {
  return LEVELS.has(word.toLowerCase());
}
