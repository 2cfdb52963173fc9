import { z } from 'zod';

export const targetInput = z.string().optional().describe('Only this database, by the name of its target');
