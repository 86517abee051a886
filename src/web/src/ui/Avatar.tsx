import { hueOf, initials } from '@/core/people/names';
import classes from './Avatar.module.css';

/** Initials on a colour of their own. Decoration: the name stands beside it. */
export function Avatar({ name, size }: { name: string; size: number }) {
  return (
    <span
      aria-hidden
      className={classes.avatar}
      style={{ width: size, height: size, fontSize: size * 0.4, background: `hsl(${hueOf(name)} 42% 31%)` }}
    >
      {initials(name)}
    </span>
  );
}
