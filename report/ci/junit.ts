import type { Judgement, RunRecord } from '../../record/result.ts';
import { html, type Markup } from '../html/markup.ts';

/** Writes a run's checks as JUnit XML, which CI systems read. */
export const junitOf = ({ run, strategy, fault, checks }: RunRecord): string =>
  suiteOf({ suite: fault === null ? strategy : `${strategy} under ${fault}`, run, checks });

/** Writes a suite as JUnit XML. An unknown check is an error: it never counts as a pass. */
export function suiteOf({
  suite,
  run,
  checks,
}: {
  readonly suite: string;
  readonly run: string;
  readonly checks: readonly Judgement[];
}): string {
  const count = (verdict: Judgement['verdict']) => checks.filter((check) => check.verdict === verdict).length;
  const xml = html`<testsuites>
<testsuite name="dogpile-lab ${suite}" tests="${checks.length}" failures="${count('fail')}" errors="${count('unknown')}">
<properties><property name="run" value="${run}"/></properties>
${checks.map((check) => testcase(suite, check))}</testsuite>
</testsuites>
`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml.markup}`;
}

const testcase = (suite: string, { name, verdict, detail }: Judgement): Markup =>
  html`<testcase classname="${suite}" name="${name}">${outcome[verdict](detail)}</testcase>\n`;

const outcome: Readonly<Record<Judgement['verdict'], (detail: string) => Markup>> = {
  pass: (detail) => html`<system-out>${detail}</system-out>`,
  fail: (detail) => html`<failure message="${detail}"/>`,
  unknown: (detail) => html`<error type="unknown" message="${detail}"/>`,
};
