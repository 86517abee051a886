import { UnstyledButton } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { forwardRef, type ComponentPropsWithoutRef } from 'react';
import classes from './CallBar.module.css';

interface BarButtonProps extends ComponentPropsWithoutRef<'button'> {
  icon: Icon;
  label: string;
  /** The second line: how it is now. */
  state: string;
  /** What pressing does, where the state does not say it. */
  action?: string;
  shortcut?: string;
  off?: boolean;
  active?: boolean;
  danger?: boolean;
  expanded?: boolean;
  testId: string;
}

export const BarButton = forwardRef<HTMLButtonElement, BarButtonProps>(function BarButton(
  {
    icon: Icon,
    label,
    state,
    action,
    shortcut,
    off = false,
    active = false,
    danger = false,
    expanded,
    testId,
    onClick,
    className,
    ...rest
  },
  ref,
) {
  return (
    <UnstyledButton
      {...rest}
      ref={ref}
      className={[classes.button, className].filter(Boolean).join(' ')}
      data-testid={testId}
      data-off={off}
      data-active={active}
      data-danger={danger}
      aria-label={[`${label} ${state}`, action].filter(Boolean).join('. ')}
      aria-keyshortcuts={shortcut}
      aria-expanded={expanded ?? rest['aria-expanded']}
      title={shortcut ? `${action ?? state} (${shortcut})` : undefined}
      onClick={(event) => {
        // After a mouse click the space bar talks again instead of pressing this button once more.
        if (event.detail > 0 && !rest['aria-haspopup']) event.currentTarget.blur();
        onClick?.(event);
      }}
    >
      <span className={classes.icon}>
        <Icon size={26} aria-hidden />
      </span>
      <span className={classes.label}>{label}</span> <span className={classes.state}>{state}</span>
    </UnstyledButton>
  );
});
