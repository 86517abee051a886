import { IconVideo } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { LanguageSwitch } from './LanguageSwitch';
import { ThemeSwitch } from './ThemeSwitch';
import classes from './PageFrame.module.css';

/** Every page but the call: the name of the house, language and theme, then the page itself. */
export function PageFrame({ children }: { children: ReactNode }) {
  return (
    <div className={classes.frame}>
      <header className={classes.header}>
        <Link href="/" className={classes.brand}>
          <span className={classes.mark}>
            <IconVideo size={22} aria-hidden />
          </span>
          MediaServer
        </Link>
        <div className={classes.tools}>
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main className={classes.main}>{children}</main>
    </div>
  );
}
