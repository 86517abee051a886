import { Menu } from '@mantine/core';
import {
  IconCopy,
  IconKeyboard,
  IconLanguage,
  IconMoon,
  IconScreenShare,
  IconSettings,
  IconSun,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { canShareScreen } from '@/core/media/capture';
import { chooseLanguage, languageNames, languages } from '@/i18n';
import { useThemeSwitch } from '@/ui/ThemeSwitch';
import classes from './MoreMenu.module.css';
import { changeCallView } from './callView';
import type { CallActions } from './useCallActions';

/** What is needed rarely, and on a phone also what has no room in the bar. */
export function MoreMenu({ actions, sharing }: { actions: CallActions; sharing: boolean }) {
  const { t, i18n } = useTranslation();
  const { dark, toggle } = useThemeSwitch();
  const icon = { size: 22, 'aria-hidden': true } as const;
  return (
    <Menu.Dropdown className={classes.menu}>
      <Menu.Item
        leftSection={<IconSettings {...icon} />}
        onClick={() => changeCallView({ dialog: 'devices' })}
        data-testid="more-devices"
      >
        {t('more.devices')}
      </Menu.Item>
      {canShareScreen() ? (
        <Menu.Item
          className={classes.narrow}
          leftSection={<IconScreenShare {...icon} />}
          onClick={actions.toggleScreen}
        >
          {sharing ? t('banner.stopSharing') : t('more.share')}
        </Menu.Item>
      ) : null}
      <Menu.Item leftSection={<IconCopy {...icon} />} onClick={actions.copyInvitation}>
        {t('invite.copy')}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        leftSection={dark ? <IconSun {...icon} /> : <IconMoon {...icon} />}
        onClick={toggle}
        data-testid="more-theme"
      >
        {dark ? t('settings.toLight') : t('settings.toDark')}
      </Menu.Item>
      {languages
        .filter((language) => language !== i18n.language)
        .map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            leftSection={<IconLanguage {...icon} />}
            onClick={() => void chooseLanguage(language)}
          >
            {languageNames[language]}
          </Menu.Item>
        ))}
      <Menu.Item
        className={classes.keyboard}
        leftSection={<IconKeyboard {...icon} />}
        rightSection="?"
        onClick={() => changeCallView({ dialog: 'shortcuts' })}
        data-testid="more-shortcuts"
      >
        {t('shortcuts.title')}
      </Menu.Item>
    </Menu.Dropdown>
  );
}
