import { z } from 'zod';
import { KEY_FORM } from '../strategies/contract/key.ts';

/** The shapes of the lines in a run's journals, for reading a folder that may come from a stranger. */

const name = z.string().regex(/^[\w.:-]{1,128}$/);
const key = z.string().regex(KEY_FORM);
/** From a person or a server: anything, but not much of it. */
const text = z.string().max(10_000);
const ms = z.number().min(-1e15).max(1e15);
const whole = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

const of = <const E extends string, S extends z.ZodRawShape>(event: E, shape: S) =>
  z.object({ event: z.literal(event), at: ms, ...shape });

/** A line of the origin's ledger. */
export const ledgerLineSchema = z.discriminatedUnion('event', [
  of('begin', {
    id: whole,
    key,
    version: whole,
    by: name,
    seenAt: ms.optional(),
    replaces: whole.optional(),
    arrivedAt: ms,
  }),
  of('end', { id: whole, ending: z.enum(['ok', 'error', 'aborted']) }),
]);

const by = { by: name };
const keyed = { ...by, key };
const fenced = { ...keyed, fence: whole };
const write = { ...fenced, op: whole, version: whole };
const processEvent = { ...by, pid: whole };

/** An event in a member's journal, or in the lab's. */
export const runEventSchema = z.union([
  z.discriminatedUnion('event', [
    of('granted', { ...fenced, token: text, storeAt: ms }),
    of('held', { ...fenced, retryAfterMs: ms }),
    of('backing-off', { ...keyed, retryAfterMs: ms, failures: whole }),
    of('renewed', fenced),
    of('lease-lost', fenced),
    of('released', { ...fenced, failed: z.boolean() }),
    of('recompute', { ...keyed, op: whole, replaces: whole.optional() }),
    of('committing', { ...write, replaces: whole.optional() }),
    of('invalidated', { ...fenced, storeAt: ms }),
    of('waiting', { ...keyed, atOnce: whole }),
    of('woken', fenced),
    of('waited', { ...keyed, waitedMs: ms, outcome: z.enum(['filled', 'look-again', 'timed-out']) }),
    of('store-unavailable', { ...by, why: text }),
    of('lease-unavailable', { ...by, why: text }),
    of('connected', { ...by, server: text, since: ms }),
    of('started', processEvent),
    of('draining', processEvent),
    of('stopped', { ...processEvent, drained: z.boolean() }),
    of('stalled', { ...by, forMs: ms.nonnegative() }),
    of('clock', { ...by, of: name, aheadMs: ms, errorMs: ms }),
    of('fault', {
      ...by,
      fault: name,
      phase: z.enum(['planned', 'injected', 'noted', 'healed']),
      victim: text.min(1),
      fence: whole.optional(),
      holder: name.optional(),
      near: z.array(name).max(1000).optional(),
      what: text.optional(),
      details: z.record(z.string(), z.union([text, z.number()])).optional(),
    }),
  ]),
  of('commit', { ...write, outcome: z.enum(['accepted', 'fenced']), storeAt: ms }),
  of('commit', { ...write, outcome: z.enum(['fail', 'unknown']), why: text }),
  of('recompute-ended', { ...keyed, op: whole, outcome: z.literal('ok'), version: whole }),
  of('recompute-ended', { ...keyed, op: whole, outcome: z.enum(['fail', 'unknown']), why: text }),
]);
