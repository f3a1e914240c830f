import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DATA, LEDGER } from '../../record/files/run-folder.ts';
import { LOOPBACK } from '../ports.ts';
import { environmentOf, FOLDER } from '../topology.ts';
import type { Recipe } from './ground.ts';

/** One of the lab's own services, in a process with the lab's Node. */
export const service =
  (kind: 'app' | 'refresher' | 'origin' | 'relay'): Recipe =>
  (member, { folder, events, placement }) => {
    const { name, drainMs } = member;
    const at = placement.atFor(name);
    const env = environmentOf(member, (one) =>
      one === FOLDER ? pathToFileURL(resolve(folder, DATA)).href : at(one),
    );
    const detours = placement.detoursOf(name);
    if (detours.length > 0 && env.REDIS_URL) env.REDIS_URL += `?${detours.join(',')}`;
    const records = {
      app: { EVENTS: join(events, `${name}.jsonl`) },
      refresher: { EVENTS: join(events, `${name}.jsonl`) },
      origin: { LEDGER: join(folder, LEDGER) },
      relay: {},
    };
    return {
      command: process.execPath,
      args: [fileURLToPath(new URL(`../../services/${kind}/main.ts`, import.meta.url))],
      env: { NAME: name, HOST: LOOPBACK, PORT: `${placement.portOf(name)}`, ...records[kind], ...env },
      drainMs,
    };
  };
