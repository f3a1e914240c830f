import { z } from 'zod';
import { KEY_FORM } from '../strategies/contract/key.ts';
import { points } from './fault-events.ts';
import type { SettingEntry } from './parameter.ts';
import { SETTINGS, type Settings } from './settings.ts';

/** Checks the settings of a recorded run: each field of the table, of its kind, and not above its range. */
export const settingsSchema = z.object({
  key: z.string().regex(KEY_FORM),
  ...Object.fromEntries(Object.entries(SETTINGS).map(([field, entry]) => [field, schemaOf(entry)])),
  // Older runs do not have these.
  originTimeoutMs: schemaOf(SETTINGS.originTimeoutMs).default(SETTINGS.originTimeoutMs.preset),
  invalidateMs: schemaOf(SETTINGS.invalidateMs).default(null),
  waitFor: schemaOf(SETTINGS.waitFor).default(SETTINGS.waitFor.preset),
  at: z.enum(points).nullable().default(null),
  relay: z.boolean().default(false),
}) as unknown as z.ZodType<Settings>;

function schemaOf(entry: SettingEntry): z.ZodType {
  switch (entry.kind) {
    case 'switch':
      return z.boolean();
    case 'optional duration':
      return z.number().min(0).max(entry.most).nullable();
    case 'choice':
      return z
        .string()
        .regex(entry.pairs ? /^[\w-]{1,64}(\+[\w-]{1,64})?$/ : /^[\w-]{1,64}$/)
        .nullable();
    default:
      // What a run has none of is recorded as 0.
      return z.number().min(0).max(entry.most);
  }
}
