import { formatExactDuration } from '../../record/duration.ts';
import { isForeign } from '../../record/foreign/foreign.ts';
import { NONE, type SettingEntry } from '../../record/parameter.ts';
import { SETTINGS, type Settings, settingText } from '../../record/settings.ts';
import { quoted } from '../typed.ts';

/** A setting of a run, as it would be typed. */
export interface TypedSetting {
  readonly name: string;
  readonly value: string;
  readonly preset: string;
  readonly about: string;
}

/** Lists the settings of a run in the order of the help. A count that the run has none of is left out. */
export const typedSettings = (settings: Settings): TypedSetting[] =>
  Object.entries(SETTINGS).flatMap(([field, setting]): TypedSetting[] => {
    const entry: SettingEntry = setting;
    const value = settings[field as keyof typeof SETTINGS];
    const hasNone = 'least' in entry && typeof value === 'number' && value < entry.least;
    return hasNone
      ? []
      : [
          {
            name: entry.name,
            value: typed(entry, value),
            preset: typed(entry, entry.preset),
            about: entry.about,
          },
        ];
  });

/**
 * Gives the command that repeats a run. A fault or a mutant has defaults of its own, so such a run needs every setting. A
 * strategy says nothing of a user's own service.
 */
export function repeatCommand(settings: Settings, runtime: string): string {
  const hasOwnDefaults = settings.fault !== null || settings.ablate !== null;
  const isNeeded = ({ name, preset }: TypedSetting) =>
    name === SETTINGS.strategy.name ? !isForeign(settings) : hasOwnDefaults && preset !== NONE;
  const chosen = typedSettings({ ...settings, runtime: runtime as Settings['runtime'] }).filter(
    (setting) => setting.value !== setting.preset || isNeeded(setting),
  );
  return ['make herd', ...chosen.map(({ name, value }) => `${name}=${quoted(value)}`)].join(' ');
}

const typed = ({ kind }: SettingEntry, value: string | number | boolean | null): string =>
  kind.endsWith('duration') && typeof value === 'number' ? formatExactDuration(value) : settingText(value);
