import { Loader } from '@mantine/core';
import classes from './Waiting.module.css';

/** No spinner without words. */
export function Waiting({ text }: { text: string }) {
  return (
    <div className={classes.waiting} role="status">
      <Loader size="md" aria-hidden />
      <p>{text}</p>
    </div>
  );
}
