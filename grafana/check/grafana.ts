import { UsageError } from '../../services/shared/usage-error.ts';

/** How long Grafana may take to answer whether it is there. */
const ANSWERS_WITHIN_MS = 10_000;

/** A Grafana that answers. Without a version, it keeps that to itself. */
export interface Grafana {
  readonly address: string;
  readonly version: string | undefined;
}

/** Asks for the Grafana at an address. Throws {@link UsageError} if there is none, or the signal's reason. */
export async function grafanaAt(address: string, signal: AbortSignal): Promise<Grafana> {
  const refuse = (what: string) =>
    new UsageError(
      `${what}. Allowed: the address of a Grafana that has the boards. Type: docker compose up --detach --wait`,
    );
  const limits = AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]);
  let health: unknown;
  try {
    const response = await fetch(inside(address, 'api/health'), { signal: limits });
    health = await response.json().catch(() => undefined);
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : error;
    throw refuse(`nothing answers at GRAFANA=${address} (${String(why) || 'refused'})`);
  }
  // Grafana says this of its own database, whatever else it keeps to itself.
  if (!isObject(health) || !('database' in health)) throw refuse(`there is no Grafana at GRAFANA=${address}`);
  return { address, version: typeof health.version === 'string' ? health.version : undefined };
}

/** The address of a page of a Grafana, which may lie below a path. */
export const inside = (address: string, page: string): string =>
  new URL(page, address.endsWith('/') ? address : `${address}/`).href;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
