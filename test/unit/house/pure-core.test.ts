import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin, registerHooks, stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ROOT, sourceFiles, textOf } from '../../support/imports.ts';

/** What must run in a browser: the strategies, what they stand on, and the judge. */
const isCore = (file: string): boolean =>
  /^(strategies|assembly|judge|console\/scene|report\/lanes)\//.test(file) ||
  /^backends\/(http-origin\.ts|redis\/(?!ioredis\/))/.test(file) ||
  /^record\/(?!files\/)/.test(file) ||
  /^faults\/(index\.ts|support\/(?!striking\/)|[\w-]+\/(?!strike\.ts)[\w-]+\.ts)/.test(file);

/** Packages that run in Node only, whatever they say of themselves. */
const NODE_ONLY = ['ioredis', 'prom-client', 'fastify', 'pino'];

/** Whether a package says where a browser finds it as an ES module. */
function hasModuleEntry(name: string): boolean {
  const path = createRequire(import.meta.url)
    .resolve.paths(name)
    ?.map((folder) => join(folder, name, 'package.json'));
  const found = path?.map(textIfThere).find((text) => text !== undefined);
  const { type, module, exports } = JSON.parse(found ?? '{}');
  return type === 'module' || module !== undefined || JSON.stringify(exports ?? '').includes('"import"');
}

function textIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function refusal(specifier: string): string | undefined {
  if (isBuiltin(specifier)) return `${specifier} is Node's`;
  if (/^[./]|^file:/.test(specifier)) return undefined;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (NODE_ONLY.includes(name)) return `${name} runs in Node only`;
  return hasModuleEntry(name) ? undefined : `${name} has no ES module`;
}

const fileOf = (url: string | undefined) =>
  url?.startsWith('file:') ? fileURLToPath(url).slice(ROOT.length) : '';

test('the core loads where a resolver refuses what a browser does not have', async () => {
  const core = sourceFiles().filter(isCore);
  assert.ok(core.length > 80);
  const refused: string[] = [];
  const loaded = new Set<string>();
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const from = fileOf(context.parentURL);
      const why = isCore(from) ? refusal(specifier) : undefined;
      if (why) refused.push(`${from}: ${why}`);
      const resolved = next(specifier, context);
      const to = fileOf(resolved.url);
      if (isCore(from) && !to.startsWith('node_modules') && to !== '' && !isCore(to))
        refused.push(`${from}: ${to} is no part of the core`);
      loaded.add(to);
      return resolved;
    },
  });
  try {
    // Its own copy, so that what other tests have loaded before is resolved again.
    for (const file of core) await import(`${pathToFileURL(join(ROOT, file))}?core`);
  } finally {
    hooks.deregister();
  }
  assert.deepEqual(refused, []);
  assert.ok(loaded.has('strategies/lock.ts') && loaded.has('judge/checks/claim.ts'));
});

/** A clock, a timer, randomness, or a process of its own. */
const OWN =
  /\b(Date\.now|new Date|performance\.|Math\.random|setTimeout|setInterval|setImmediate|process\.|Buffer\.)/;

test('the core has no clock, no randomness and no process of its own', () => {
  for (const file of sourceFiles().filter(isCore)) {
    const code = stripTypeScriptTypes(textOf(file), { mode: 'strip' })
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/\/\/.*$/gm, '');
    assert.doesNotMatch(code, OWN, file);
  }
});

test('the resolver refuses what it should', () => {
  assert.ok(refusal('node:fs') && refusal('fs') && refusal('ioredis') && refusal('prom-client/x'));
  assert.ok(refusal('autocannon'), 'a package of CommonJS only');
  assert.equal(refusal('zod'), undefined);
  assert.equal(refusal('./near.ts'), undefined);
});
