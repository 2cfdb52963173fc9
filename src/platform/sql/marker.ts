/** Stands before every statement of ours: statistics, logs and the list of sessions then tell it from the backend's own. */
export const OWN_STATEMENT_MARK = '/* rearguard */';
/** The name our sessions go by. */
export const OWN_APPLICATION_NAME = 'rearguard';
