import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Behaviour } from '../../services/origin/behaviour.ts';
import { Ledger } from '../../services/origin/ledger.ts';
import { originMetrics } from '../../services/origin/metrics.ts';
import { originServer } from '../../services/origin/server.ts';

const INSTANT: Behaviour = { recomputeMs: 0, jitter: 0, slowShare: 0, slowMs: 0, errorRate: 0, capacity: 0 };

/** Starts the lab's origin in this process, until the test ends. */
export async function startOrigin(
  t: TestContext,
  { members = [], behaviour = {} }: { members?: readonly string[]; behaviour?: Partial<Behaviour> } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  const path = join(folder, 'ledger.jsonl');
  const metrics = originMetrics(members);
  const lines: string[] = [];
  const server = originServer({
    ledger: new Ledger(path),
    metrics,
    members,
    behaviour: { ...INSTANT, ...behaviour },
    random: Math.random,
    logger: { stream: { write: (line) => lines.push(line) } },
  });
  t.after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url, server, metrics, ledger: path, warnings: () => warningsIn(lines) };
}

/** Gives the lines of a log from the level of a warning on. */
export const warningsIn = (lines: readonly string[]): string[] =>
  lines.filter((line) => JSON.parse(line).level >= 40);
