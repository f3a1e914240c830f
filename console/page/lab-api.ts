import type { Forms, JobCommand, JobValues } from '../view/messages.ts';

const TOKEN = 'dogpile-token';

/**
 * Takes the token of this start from the address. It comes in the fragment, which a browser sends to nobody and leaves out of a
 * Referer; from there it goes to the tab's own storage, so that it is in no history and survives a reload.
 */
export function takeToken(): void {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const token = parameters.get('token');
  if (token === null) return;
  sessionStorage.setItem(TOKEN, token);
  parameters.delete('token');
  history.replaceState(null, '', parameters.size > 0 ? `#${parameters}` : location.pathname);
}

/** Whether this page may start and stop anything, as far as it knows. */
export const mayControl = (): boolean => sessionStorage.getItem(TOKEN) !== null;

/** Starts a command. Gives what is wrong with it, in one line; undefined if it was started. */
export const startJob = (command: JobCommand, values: JobValues): Promise<string | undefined> =>
  order('POST', command, JSON.stringify(values));

/** Stops a command, as Ctrl-C does. Gives what is wrong, in one line. */
export const stopJob = (command: JobCommand): Promise<string | undefined> => order('DELETE', command);

async function order(method: string, command: JobCommand, body?: string): Promise<string | undefined> {
  try {
    const response = await fetch(`/api/jobs/${command}`, {
      method,
      headers: {
        'x-dogpile-token': sessionStorage.getItem(TOKEN) ?? '',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
    });
    return response.ok ? undefined : errorIn(response);
  } catch {
    return GONE;
  }
}

export const GONE = 'The console does not answer. It was ended, or this machine is busy.';

async function errorIn(response: Response): Promise<string> {
  const { error } = (await response.json()) as { readonly error?: unknown };
  return `${error}`;
}

export async function loadForms(): Promise<Forms> {
  const response = await fetch('/api/forms');
  return (await response.json()) as Forms;
}

/** Says why there is no stream. */
export async function whyNoStream(url: string): Promise<string> {
  const cancel = new AbortController();
  try {
    const response = await fetch(url, { signal: cancel.signal });
    return response.ok ? 'The stream was cut.' : await errorIn(response);
  } catch {
    return GONE;
  } finally {
    cancel.abort();
  }
}
