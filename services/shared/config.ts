import { z } from 'zod';

/** Exit status of a program that was called with something it cannot use (BSD sysexits). */
export const EX_USAGE = 64;

/**
 * The process's configuration from its environment. Anything off ends the process with one line a fault and status 64,
 * before it has started anything.
 */
export function configFromEnvironment<S extends z.ZodObject>(schema: S): z.infer<S> {
  const parsed = schema.safeParse(process.env);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) console.error(`${issue.path.join('.')}: ${issue.message}`);
  process.exit(EX_USAGE);
}

const number = (least: number, most: number) =>
  z.coerce
    .number({ error: `must be a number from ${least} to ${most}` })
    .min(least)
    .max(most);

/** The vocabulary of the services' schemas. */
export const env = {
  host: z.string().default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65535),
  /** Whole milliseconds: Redis takes no others. */
  ms: (least = 0) => number(least, 86_400_000).int(),
  share: number(0, 1),
  number,
  count: (least: number, most: number) => number(least, most).int(),
  flag: z.enum(['on', 'off']).transform((value) => value === 'on'),
  path: z.string().min(1),
};
