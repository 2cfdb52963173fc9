/** Name of the tool; its rules and its section of the config begin with it. */
export const TOOL = 'database-performance-tracker';
export const ALIAS = 'db';
