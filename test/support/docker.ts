import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker } from '../../cluster/compose/docker.ts';
import { findEngine } from '../../cluster/compose/engine.ts';
import { leftOf } from '../../cluster/compose/project.ts';
import { ranOn } from './ran-on.ts';

const engine = await findEngine();
if ('version' in engine) ranOn(`containers (Docker ${engine.version} answers)`);

/**
 * How a suite of containers is declared: skipped, with the reason, on a machine without Docker; run all the same, and so
 * red, where LAB_REQUIRE_DOCKER=1.
 */
export const withDocker = {
  skip: 'missing' in engine && process.env.LAB_REQUIRE_DOCKER !== '1' ? engine.missing : false,
};

/** The Compose projects of the clusters that the lab started in the folder. */
export const projectsOf = (folder: string): string[] =>
  globSync(['results/*/cluster.env', '.lab/*/cluster.env'], { cwd: folder }).flatMap((path) => {
    const [, project] = /--project-name (\S+)/.exec(readFileSync(join(folder, path), 'utf8')) ?? [];
    return project ? [project] : [];
  });

export async function nothingLeftOf(projects: readonly string[]): Promise<void> {
  assert.ok(projects.length > 0, 'a cluster was started');
  for (const project of projects) assert.deepEqual(await leftOf(project), []);
}

/** What the engine says of a project's containers, by their services. */
export async function inspect(project: string): Promise<Inspected[]> {
  const ids = await docker(['ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`]);
  return JSON.parse(await docker(['inspect', ...ids.split('\n').filter(Boolean)]));
}

/** The part of `docker inspect` that the tests look at. */
export interface Inspected {
  readonly Name: string;
  readonly Config: { readonly User: string; readonly Labels: Readonly<Record<string, string>> };
  readonly State: { readonly Health?: { readonly Status: string } };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[];
    readonly SecurityOpt: readonly string[];
    readonly Init: boolean;
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly PidsLimit: number;
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>>;
  };
}
