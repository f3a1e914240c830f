import { z } from 'zod';
import { KEY_FORM } from '../strategies/contract/key.ts';
import { points } from './fault-events.ts';
import type { SettingEntry } from './parameter.ts';
import { SETTINGS, type Settings } from './settings.ts';

const LONGEST_TEXT = 10_000;

/** Checks the settings of a recorded run: each field of the table, of its kind, and not above its range. */
export const settingsSchema = z.object({
  key: z.string().regex(KEY_FORM),
  ...Object.fromEntries(Object.entries(SETTINGS).map(([field, entry]) => [field, schemaOf(entry)])),
  // Older runs do not have these.
  originTimeoutMs: schemaOf(SETTINGS.originTimeoutMs).default(SETTINGS.originTimeoutMs.preset),
  invalidateMs: schemaOf(SETTINGS.invalidateMs).default(null),
  waitFor: schemaOf(SETTINGS.waitFor).default(SETTINGS.waitFor.preset),
  app: schemaOf(SETTINGS.app).default(null),
  image: schemaOf(SETTINGS.image).default(null),
  target: schemaOf(SETTINGS.target).default(null),
  claim: schemaOf(SETTINGS.claim).default(null),
  keyPath: schemaOf(SETTINGS.keyPath).default(SETTINGS.keyPath.preset),
  headers: schemaOf(SETTINGS.headers).default(null),
  versionAt: schemaOf(SETTINGS.versionAt).default(SETTINGS.versionAt.preset),
  at: z.enum(points).nullable().default(null),
  relay: z.boolean().default(false),
}) as unknown as z.ZodType<Settings>;

function schemaOf(entry: SettingEntry): z.ZodType {
  switch (entry.kind) {
    case 'switch':
      return z.boolean();
    case 'text':
      return z.string().min(1).max(LONGEST_TEXT);
    case 'optional text':
      return z.string().min(1).max(LONGEST_TEXT).nullable();
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
