import type { Judgement, RunRecord } from '../../record/result.ts';
import { html, type Markup } from '../html/markup.ts';

/** Writes a run's checks as JUnit XML, which CI systems read. */
export const junitOf = ({ run, strategy, fault, checks, notVisible = [] }: RunRecord): string =>
  suiteOf({ suite: fault === null ? strategy : `${strategy} under ${fault}`, run, checks, notVisible });

/** Writes a suite as JUnit XML. An unknown check is an error: it never counts as a pass. One that is not visible is skipped. */
export function suiteOf({
  suite,
  run,
  checks,
  notVisible = [],
}: {
  readonly suite: string;
  readonly run: string;
  readonly checks: readonly Judgement[];
  readonly notVisible?: NonNullable<RunRecord['notVisible']>;
}): string {
  const count = (verdict: Judgement['verdict']) => checks.filter((check) => check.verdict === verdict).length;
  const xml = html`<testsuites>
<testsuite name="dogpile-lab ${suite}" tests="${checks.length + notVisible.length}" failures="${count('fail')}" errors="${count('unknown')}"${notVisible.length > 0 ? html` skipped="${notVisible.length}"` : ''}>
<properties><property name="run" value="${run}"/></properties>
${checks.map(({ name, verdict, detail }) => testcase(suite, name, outcome[verdict](detail)))}${notVisible.map(({ name, why }) => testcase(suite, name, html`<skipped message="not visible: ${why}"/>`))}</testsuite>
</testsuites>
`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml.markup}`;
}

const testcase = (suite: string, name: string, result: Markup): Markup =>
  html`<testcase classname="${suite}" name="${name}">${result}</testcase>\n`;

const outcome: Readonly<Record<Judgement['verdict'], (detail: string) => Markup>> = {
  pass: (detail) => html`<system-out>${detail}</system-out>`,
  fail: (detail) => html`<failure message="${detail}"/>`,
  unknown: (detail) => html`<error type="unknown" message="${detail}"/>`,
};
