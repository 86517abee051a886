import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconWorld } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, languageNames, languages, type Language } from '@/i18n';
import classes from './Switches.module.css';

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton
          className={classes.switch}
          aria-label={`${t('settings.language')}: ${languageNames[i18n.language as Language]}`}
          data-testid="language"
        >
          <IconWorld size={20} aria-hidden />
          <span lang={i18n.language}>{languageNames[i18n.language as Language]}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            className={classes.item}
            data-testid={`language-${language}`}
            rightSection={language === i18n.language ? <IconCheck size={18} aria-hidden /> : null}
            aria-current={language === i18n.language}
            onClick={() => void chooseLanguage(language)}
          >
            {languageNames[language]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
