import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { readPreferences, rememberPreferences } from '@/core/local/preferences';

export const languages = ['ru', 'en'] as const;
export type Language = (typeof languages)[number];

/** Each language in its own words, as a switch of languages shows them. */
export const languageNames: Record<Language, string> = { ru: 'Русский', en: 'English' };

const load: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import('./en.json'),
  ru: () => import('./ru.json'),
};

const isLanguage = (text: string | undefined | null): text is Language => languages.some((l) => l === text);

/** What the person chose, else the first of the browser's languages that we speak, else English. */
function initialLanguage(): Language {
  const { language } = readPreferences();
  if (isLanguage(language)) return language;
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

async function use(language: Language): Promise<void> {
  const { default: texts } = await load[language]();
  i18next.addResourceBundle(language, 'translation', texts);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function startI18n(): Promise<void> {
  await i18next
    .use(initReactI18next)
    .init({ resources: {}, lng: undefined, fallbackLng: false, interpolation: { escapeValue: false } });
  await use(initialLanguage());
}

export async function chooseLanguage(language: Language): Promise<void> {
  rememberPreferences({ language });
  await use(language);
}
