import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileNamed, localConfig } from '../../prometheus/config.ts';
import { promtool } from '../support/promtool.ts';

describe("Prometheus's configuration", () => {
  it('is one that Prometheus takes', () => {
    assert.match(promtool('check', 'config', fileNamed('prometheus.yml')), /SUCCESS: .* is valid/);
    assert.match(promtool('check', 'rules', fileNamed('rules.yml')), /SUCCESS: 13 rules found/);
  });

  it('is the same for a cluster without DNS, but for where the targets come from', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
    const path = join(folder, 'prometheus.yml');
    try {
      const local = localConfig({ app: ['127.0.0.1:1', '127.0.0.1:2'], origin: ['127.0.0.1:3'] });
      writeFileSync(path, local);
      assert.match(promtool('check', 'config', path), /SUCCESS: 1 rule files found/);
      assert.match(local, /scrape_interval: 1s/);
      assert.match(local, /project_url: https:\/\//);
      for (const job of ['app', 'origin']) {
        assert.match(readFileSync(fileNamed('prometheus.yml'), 'utf8'), new RegExp(`job_name: ${job}$`, 'm'));
        assert.match(local, new RegExp(`"job_name":"${job}"`));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the rules', () => {
  it('record what they say, and each alert fires when it should and not before or after', () => {
    assert.match(promtool('test', 'rules', fileNamed('rules.test.yml')), /SUCCESS/);
  });

  it('have no alert without a test that sees it fire and one that sees it silent', () => {
    const tests = readFileSync(fileNamed('rules.test.yml'), 'utf8');
    for (const [, alert = ''] of readFileSync(fileNamed('rules.yml'), 'utf8').matchAll(/- alert: (\w+)/g)) {
      assert.match(tests, new RegExp(`alertname: ${alert}\\n +exp_alerts:`), `${alert} is seen firing`);
      assert.match(tests, new RegExp(`alertname: ${alert} }`), `${alert} is seen silent`);
    }
  });
});
