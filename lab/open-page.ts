import { spawn } from 'node:child_process';

/** Opens a file with the desktop's own program. Without a desktop, or where nobody looks, nothing happens. */
export function openPage(path: string): void {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const hasDesktop = process.platform === 'darwin' || DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined;
  if (!process.stdout.isTTY || !hasDesktop) return;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const opener = spawn(command, [path], { detached: true, stdio: 'ignore' });
  // The path is printed, whether or not the command exists.
  opener.on('error', () => {});
  opener.unref();
}
