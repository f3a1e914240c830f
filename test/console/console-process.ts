import { eventually, type LabRun, labFolder, startLab } from '../support/lab.ts';

export interface ConsoleProcess {
  readonly folder: string;
  readonly lab: LabRun;
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
}

/** How long the lab may take to start on a busy machine. */
const STARTED_WITHIN_MS = 30_000;

/** Starts a console as a user would, and ends it with the test. */
export async function startConsole(
  t: { after(end: () => Promise<void>): void },
  given: { readonly folder?: string; readonly port?: number } = {},
): Promise<ConsoleProcess> {
  const own = given.folder === undefined ? labFolder() : undefined;
  const [folder, port] = [given.folder ?? own?.path ?? '', given.port ?? 0];
  const lab = startLab(folder, ['console', `CONSOLE_PORT=${port}`]);
  t.after(async () => {
    lab.child.kill('SIGINT');
    await lab.ended;
    own?.remove();
  });
  await eventually('the address of the console', () => /token=\w+\n/.test(lab.out()), STARTED_WITHIN_MS);
  const [, url = '', token = ''] = /(http:\S+)\/#token=(\w+)/.exec(lab.out()) ?? [];
  return { folder, lab, url, token };
}

/** Sends an order to the console, as its page does. */
export const order = (
  { url, token }: Pick<ConsoleProcess, 'url' | 'token'>,
  method: 'POST' | 'DELETE',
  command: string,
  values: object = {},
): Promise<Response> =>
  fetch(`${url}/api/jobs/${command}`, {
    method,
    headers: { 'x-dogpile-token': token, ...(method === 'POST' && { 'content-type': 'application/json' }) },
    ...(method === 'POST' && { body: JSON.stringify(values) }),
  });
