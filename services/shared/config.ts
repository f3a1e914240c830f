import { z } from 'zod';

/** The exit status for invalid arguments or configuration (BSD sysexits). */
export const EX_USAGE = 64;

/**
 * Reads the process's configuration from its environment. An invalid variable ends the process with status 64 and one line
 * for each.
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
  token: z.string().default(''),
};

/** A setting in a table: its kind, range and default. */
interface TableEntry {
  readonly kind:
    | 'duration'
    | 'optional duration'
    | 'whole'
    | 'number'
    | 'choice'
    | 'switch'
    | 'text'
    | 'optional text';
  readonly preset: number | boolean | string | null;
  readonly least?: number;
  readonly most?: number;
  readonly options?: readonly string[];
  readonly variable: { readonly name: string; readonly services: readonly string[] } | undefined;
}

/** The table's variables for a service of this kind, with the types of their values. */
type ServiceVariables<T, S extends string> = {
  [F in keyof T as T[F] extends { variable: { name: infer V extends string; services: readonly (infer W)[] } }
    ? S extends W
      ? V
      : never
    : never]: T[F] extends { preset: infer P } ? z.ZodType<P> : never;
};

/**
 * Makes the schemas of the table's variables for a service. A choice whose options only a registry knows is any text here;
 * without a default it is `none`.
 */
export const serviceVariables = <
  const T extends Readonly<Record<string, TableEntry>>,
  const S extends string,
>(
  table: T,
  service: S,
) =>
  Object.fromEntries(
    Object.values(table).flatMap((entry) =>
      entry.variable?.services.includes(service) ? [[entry.variable.name, schemaOf(entry)]] : [],
    ),
  ) as ServiceVariables<T, S>;

function schemaOf({ kind, preset, least = 0, most = 0, options }: TableEntry): z.ZodType {
  if (kind === 'switch') return env.flag.default(preset === true);
  if (kind !== 'choice' && !kind.endsWith('text')) {
    const range = env.number(least, most);
    return (kind === 'number' ? range : range.int()).default(Number(preset));
  }
  const text = options ? z.enum(options, { error: `must be one of ${options.join(', ')}` }) : z.string();
  return text.default(preset === null ? 'none' : `${preset}`);
}
