import type { Settings } from '../record/settings.ts';
import { UsageError } from '../services/shared/usage-error.ts';
import type { Runtime } from './cluster.ts';
import type { Engine } from './compose/engine.ts';

export interface RuntimeChoice {
  readonly runtime: Runtime;
  readonly why: string;
  /** The engine's, for containers. */
  readonly socketPath?: string;
}

/**
 * Containers where a Docker engine answers, else processes; `RUNTIME` overrides. Throws {@link UsageError} where it asks
 * for containers and there is no engine.
 */
export async function chooseRuntime(
  { runtime: asked }: Pick<Settings, 'runtime'>,
  find: () => Promise<Engine>,
): Promise<RuntimeChoice> {
  if (asked === 'local') return { runtime: 'local', why: 'RUNTIME=local' };
  const engine = await find();
  if ('version' in engine)
    return {
      runtime: 'compose',
      socketPath: engine.socketPath,
      why: asked === 'auto' ? `Docker ${engine.version} answers` : 'RUNTIME=compose',
    };
  if (asked === 'auto') return { runtime: 'local', why: engine.missing };
  throw new UsageError(
    `RUNTIME=compose needs a Docker engine with Compose, and ${engine.missing}. Allowed without one: local. Type: make herd RUNTIME=local`,
  );
}
