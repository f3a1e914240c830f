import { z } from 'zod';

/** Marks of what the lab did, for the charts. `at`: wall time in ms. */
export const marksSchema = z.array(
  z.strictObject({
    kind: z.enum(['run', 'fault injected', 'fault healed']),
    /** The strategy of the run, or the fault. */
    name: z.string().regex(/^[\w-]{1,64}$/),
    at: z.number().positive(),
  }),
);

export type Mark = z.infer<typeof marksSchema>[number];
