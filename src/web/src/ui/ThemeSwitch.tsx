import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** Follows the system until somebody chooses; then their choice is remembered. */
export function useThemeSwitch(): { dark: boolean; toggle: () => void } {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  return { dark, toggle: () => setColorScheme(dark ? 'light' : 'dark') };
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { dark, toggle } = useThemeSwitch();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={44}
      onClick={toggle}
      aria-label={dark ? t('settings.toLight') : t('settings.toDark')}
      data-testid="theme"
    >
      {dark ? <IconSun size={22} aria-hidden /> : <IconMoon size={22} aria-hidden />}
    </ActionIcon>
  );
}
